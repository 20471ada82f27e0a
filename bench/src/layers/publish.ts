import type { BulkPublisher, StreamMessage } from '@popple/shared/messaging/bulk-publisher';

/** As many as svc takes at once. */
const VOLLEY = 500;

/** How many volleys are on their way at once: while the server stores one, the next is being written. */
const VOLLEYS = 2;

/** Publishes each message once and resolves when the stream has all. `onStored` is told how many it has so far. */
export async function publishAll(
  publisher: BulkPublisher,
  messages: readonly StreamMessage[],
  onStored: (count: number) => void = () => {},
): Promise<void> {
  let next = 0;
  let stored = 0;
  const publishVolleys = async () => {
    while (next < messages.length) {
      const volley = messages.slice(next, next + VOLLEY);
      next += volley.length;
      await publisher.publish(volley, () => {
        stored += 1;
      });
      onStored(stored);
    }
  };
  await Promise.all(Array.from({ length: VOLLEYS }, publishVolleys));
}
