import type { JetStreamManager, KV } from 'nats';
import { isJetStreamError } from './jetstream-errors';

/** An entry of a KV bucket that has a value: one that was deleted is none. */
export interface BucketEntry {
  key: string;
  value: string;
  /** What a compare-and-set of the entry has to name. */
  revision: number;
}

/** A KV bucket whose entries can be listed without a consumer. */
export interface Bucket extends KV {
  /**
   * Every entry whose key matches `filter`, in no order; a key with the wildcards of NATS, `>` for all. The bucket's
   * leader answers, so an entry that was written before is among them.
   * @throws NatsError when the bucket cannot be asked.
   */
  entries(filter: string): Promise<BucketEntry[]>;
}

async function readEntry(
  manager: JetStreamManager,
  stream: string,
  prefix: string,
  subject: string,
): Promise<BucketEntry | undefined> {
  try {
    const message = await manager.streams.getMessage(stream, { last_by_subj: subject });
    if (message.header.has('KV-Operation')) return undefined;
    return { key: subject.slice(prefix.length), value: message.string(), revision: message.seq };
  } catch (error) {
    // It expired, or was purged, after its subject was listed.
    if (isJetStreamError(error, 'noMessageFound')) return undefined;
    throw error;
  }
}

/**
 * Adds `entries` to a KV bucket named `name`.
 *
 * nats.js lists keys with a consumer of its own. A user who may make consumers on a stream may have its messages sent to
 * any subject, so a service should not need that: the stream's own list of subjects is enough.
 */
export function listable(bucket: KV, manager: JetStreamManager, name: string): Bucket {
  const stream = `KV_${name}`;
  const prefix = `$KV.${name}.`;
  return Object.assign(bucket, {
    async entries(filter: string) {
      const { state } = await manager.streams.info(stream, { subjects_filter: `${prefix}${filter}` });
      const found = await Promise.all(
        Object.keys(state.subjects ?? {}).map((subject) => readEntry(manager, stream, prefix, subject)),
      );
      return found.filter((entry) => entry !== undefined);
    },
  });
}
