import { openBuckets } from '@popple/bot/open-buckets';
import { ensureDurable, ensureStreams, type StreamLimits } from '@popple/shared/messaging/topology';
import type { NatsConnection } from 'nats';

export interface StreamSettings extends StreamLimits {
  /** How old a request may be that is replied to, which is how long the bot remembers which it did. */
  replyMaxAgeMs: number;
}

/**
 * Makes every stream, durable consumer and bucket that the parts use, or gives existing ones these settings. The parts
 * do the same at their start; where their users may only look, as with accounts.conf, this has to come first, and then
 * they find everything as they want it.
 * @throws OperatorError when NATS refuses a stream or consumer; NatsError when it cannot be reached.
 */
export async function ensureEverything(connection: NatsConnection, settings: StreamSettings): Promise<void> {
  const manager = await connection.jetstreamManager();
  await ensureStreams(manager, settings);
  await ensureDurable(manager, 'svc');
  await ensureDurable(manager, 'bot');
  await openBuckets(connection.jetstream(), manager, settings);
}
