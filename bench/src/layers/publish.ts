import type { BulkPublisher, StreamMessage } from '@popple/shared/messaging/bulk-publisher';

/** As many as svc takes at once. */
const BATCH = 500;

/** How many publish batches are on their way at once: while the server stores one, the next is being written. */
const BATCHES = 2;

/** Publishes each message once and resolves when the stream has all. `onStored` is told how many it has so far. */
export async function publishAll(
  publisher: BulkPublisher,
  messages: readonly StreamMessage[],
  onStored: (count: number) => void = () => {},
): Promise<void> {
  let next = 0;
  let stored = 0;
  const publishBatches = async () => {
    while (next < messages.length) {
      const batch = messages.slice(next, next + BATCH);
      next += batch.length;
      await publisher.publish(batch, () => {
        stored += 1;
      });
      onStored(stored);
    }
  };
  await Promise.all(Array.from({ length: BATCHES }, publishBatches));
}
