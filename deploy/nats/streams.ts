import { IDENTIFY_PERMIT_MS } from '@popple/bot/presence/identify-limit';
import { LEASE_TTL_MS } from '@popple/bot/presence/presence';
import { BUCKETS, openBucket } from '@popple/shared/messaging/buckets';
import { ensureDurable, ensureStreams, type StreamLimits } from '@popple/shared/messaging/topology';
import type { NatsConnection } from 'nats';

export interface StreamSettings extends StreamLimits {
  /** How long answers may be given, which is how long the bot remembers which it gave. */
  replyMaxAgeMs: number;
}

/** As bot/src/bot.ts adds it. */
const ANSWER_MEMORY_MARGIN_MS = 600_000;

/**
 * Makes every stream, durable consumer and bucket that the parts use, or gives existing ones these settings. The parts
 * do the same at their start; where their users may only look, as with accounts.conf, this has to come first, and then
 * they find everything as they want it.
 * @throws OperatorError when NATS refuses a stream or consumer; NatsError when it cannot be reached.
 */
export async function ensureEverything(connection: NatsConnection, settings: StreamSettings): Promise<void> {
  const manager = await connection.jetstreamManager();
  const client = connection.jetstream();
  await ensureStreams(manager, settings);
  await ensureDurable(manager, 'svc');
  await ensureDurable(manager, 'bot');
  const ttlMs: Record<keyof typeof BUCKETS, number> = {
    answers: settings.replyMaxAgeMs + ANSWER_MEMORY_MARGIN_MS,
    gateway: 0,
    leases: LEASE_TTL_MS,
    identify: IDENTIFY_PERMIT_MS,
  };
  for (const [purpose, name] of Object.entries(BUCKETS)) {
    await openBucket(client, manager, name, {
      ttlMs: ttlMs[purpose as keyof typeof BUCKETS],
      replicas: settings.replicas,
    });
  }
}
