import { Inbox } from '@popple/shared/messaging/inbox';

/*
 * Preloaded into svc: acks everything as it arrives, before anything is done about it. What a careless consumer does, and
 * what the chaos test must catch.
 */
const take = Inbox.prototype.take;

/** How long the acks need to be with the server for certain. */
const ACK_TRAVEL_MS = 200;

Inbox.prototype.take = async function (this: Inbox, max: number) {
  const batch = await take.call(this, max);
  for (const message of batch) message.ack();
  await Bun.sleep(ACK_TRAVEL_MS);
  return batch;
};
