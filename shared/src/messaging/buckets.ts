import { type JetStreamClient, type JetStreamManager, type KV, nanos, StorageType } from 'nats';

/** What a bucket is for, in its name. */
export const BUCKETS = {
  /** Which requests have been answered. */
  answers: 'POPPLE_ANSWERS',
  /** Gateway sessions and watermarks, and the shard count that all bots go by. */
  gateway: 'POPPLE_GATEWAY',
  /** Which bots live and which slots they hold. */
  leases: 'POPPLE_LEASES',
  /** Permits to identify. */
  identify: 'POPPLE_IDENTIFY',
} as const;

export interface BucketOptions {
  /** How long an entry is kept after it was written; 0 for ever. */
  ttlMs: number;
  replicas: number;
}

/**
 * Opens a KV bucket, making it when it is not there and giving an existing one this time to live.
 * @throws NatsError when NATS refuses or cannot be reached.
 */
export async function openBucket(
  client: JetStreamClient,
  manager: JetStreamManager,
  name: string,
  options: BucketOptions,
): Promise<KV> {
  const bucket = await client.views.kv(name, {
    history: 1,
    ttl: options.ttlMs,
    replicas: options.replicas,
    storage: StorageType.File,
  });
  const stream = `KV_${name}`;
  const { config } = await manager.streams.info(stream);
  if (config.max_age !== nanos(options.ttlMs))
    await manager.streams.update(stream, { max_age: nanos(options.ttlMs) });
  return bucket;
}
