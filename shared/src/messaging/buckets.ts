import { type JetStreamClient, type JetStreamManager, NatsError, nanos, StorageType } from 'nats';
import { OperatorError } from '../process/operator-error';
import { type Bucket, listable } from './bucket-entries';
import { differences } from './differences';
import { isNotAllowed } from './jetstream-errors';

/** What a bucket is for, in its name. */
export const BUCKETS = {
  /** Which requests have been replied to. */
  answers: 'POPPLE_ANSWERS',
  /** Gateway sessions and watermarks, and the shard count that all bots go by. */
  gateway: 'POPPLE_GATEWAY',
  /** Which bots live and which slots they hold. */
  leases: 'POPPLE_LEASES',
  /** Permits to identify. */
  identify: 'POPPLE_IDENTIFY',
  /** The tokens of interactions, and what interactions ask for until it is in the stream. */
  interactions: 'POPPLE_INTERACTIONS',
} as const;

export interface BucketOptions {
  /** How long an entry is kept after it was written; 0 for indefinitely. */
  ttlMs: number;
  replicas: number;
}

/**
 * Opens a KV bucket, making it when it is not there and giving an existing one these settings. One that may not be changed
 * by this user is used as it is, and `warn` receives one line that says so.
 * @throws OperatorError when the server refuses the settings, with its reason; NatsError when it cannot be reached, or
 * there is no bucket and this user may not make one.
 */
export async function openBucket(
  client: JetStreamClient,
  manager: JetStreamManager,
  name: string,
  options: BucketOptions,
  warn: (line: string) => void = () => {},
): Promise<Bucket> {
  const stream = `KV_${name}`;
  try {
    const opened = await client.views.kv(name, {
      history: 1,
      ttl: options.ttlMs,
      replicas: options.replicas,
      storage: StorageType.File,
    });
    const bucket = listable(opened, manager, name);
    const wanted = { max_age: nanos(options.ttlMs), num_replicas: options.replicas };
    const different = differences((await manager.streams.info(stream)).config, wanted).join(', ');
    if (different === '') return bucket;
    await manager.streams.update(stream, wanted).catch((error: unknown) => {
      if (!isNotAllowed(error)) throw error;
      warn(
        `bucket ${name} differs in ${different} from what this release wants, and this user may not change it: ` +
          'going on with it as it is. Make the streams again as the operator to change it.',
      );
    });
    return bucket;
  } catch (error) {
    if (error instanceof NatsError && error.api_error !== undefined) {
      throw new OperatorError(
        `NATS refused bucket ${name}: ${error.api_error.description}. ` +
          'Check STREAM_REPLICAS against the number of servers.',
        { cause: error },
      );
    }
    throw error;
  }
}
