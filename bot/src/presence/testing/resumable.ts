import type { TestPopple } from '@popple/dev/testing/popple';
import { BUCKETS } from '@popple/shared/messaging/buckets';
import { connect } from 'nats';

/** Waits until the only shard's session is written down as one to resume: reading back after its READY has finished. */
export async function untilResumable(popple: TestPopple): Promise<void> {
  const connection = await connect({ servers: popple.nats.url });
  const bucket = await connection.jetstream().views.kv(BUCKETS.gateway);
  await popple.until('the session can be resumed', async () => {
    const record = (await bucket.get('session.1.0.0'))?.json<{ session: object | null }>();
    return record !== undefined && record.session !== null;
  });
  await connection.close();
}
