import { BUCKETS } from '@popple/shared/messaging/buckets';
import type { TestPopple } from '@popple/testing/popple';
import { connect } from 'nats';
import type { SessionRecord } from '../sessions/session-record';

/** What is stored about the only shard; undefined when nothing is. */
export async function sessionRecord(popple: TestPopple): Promise<SessionRecord | undefined> {
  const connection = await connect({ servers: popple.nats.url });
  const bucket = await connection.jetstream().views.kv(BUCKETS.gateway);
  const record = (await bucket.get('session.1.0.0'))?.json<SessionRecord>();
  await connection.close();
  return record;
}

/**
 * Waits until the only shard's session is stored as one to resume: the backfill after its READY has finished.
 * `before` is the session that was stored before, if it is to be another one.
 */
export async function untilResumable(popple: TestPopple, before?: string): Promise<void> {
  await popple.until('the session can be resumed', async () => {
    const session = (await sessionRecord(popple))?.session;
    return session != null && session.sessionId !== before;
  });
}
