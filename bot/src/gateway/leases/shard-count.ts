import type { KV } from 'nats';

const KEY = 'shard-count';
const WHOLE_NUMBER = /^[1-9]\d{0,5}$/;

/** The shard count that all bots go by; undefined before the first has set one. @throws NatsError. */
export async function readShardCount(bucket: KV): Promise<number | undefined> {
  const text = (await bucket.get(KEY))?.string();
  return text !== undefined && WHOLE_NUMBER.test(text) ? Number(text) : undefined;
}

/**
 * Agrees on a shard count with the other bots: the configured one, or else Discord's recommendation, but never fewer than
 * they go by already. Bots that run follow a new count within seconds.
 * @throws NatsError when the bucket cannot be asked.
 */
export async function agreeOnShardCount(
  bucket: KV,
  configured: number | undefined,
  recommended: number,
): Promise<number> {
  const current = await readShardCount(bucket);
  const wanted = configured ?? Math.max(recommended, current ?? 1);
  if (wanted !== current) await bucket.put(KEY, String(wanted));
  return wanted;
}
