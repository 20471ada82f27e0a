import { AsyncLocalStorage } from 'node:async_hooks';
import { crashPoint } from '@popple/shared/process/crash-point';
import { MessageFlags, type REST, type RESTPostAPIChannelMessageJSONBody, Routes } from 'discord.js';
import type { Reaction, Reply } from './outgoing';

/** The nonce of a chunk: the message's id, and for the chunks after the first their number. At most 25 characters. */
function nonceOf(reply: Reply, chunk: number): string {
  return chunk === 0 ? reply.messageId : `${reply.messageId}.${chunk}`;
}

/** Reacts on Discord; repeated, it changes nothing. @throws what discord.js's REST throws. */
export async function react(rest: REST, { channelId, messageId, emoji }: Reaction): Promise<void> {
  await rest.put(Routes.channelMessageOwnReaction(channelId, messageId, encodeURIComponent(emoji)));
}

/**
 * Posts one chunk of a reply. Repeated while Discord knows the nonce (a few minutes), it posts nothing new. Replies never
 * ping anyone, and have no reference when the message they refer to was deleted or `withReference` is false.
 * @throws what discord.js's REST throws; rate limits are waited for by it.
 * @see https://discord.com/developers/docs/resources/message#create-message
 */
export async function post(rest: REST, reply: Reply, chunk: number, withReference: boolean): Promise<void> {
  const { channelId, messageId, contents } = reply;
  const body: RESTPostAPIChannelMessageJSONBody = {
    content: contents[chunk] ?? '',
    ...(withReference ? { message_reference: { message_id: messageId, fail_if_not_exists: false } } : {}),
    allowed_mentions: { parse: [], replied_user: false },
    // What members write is escaped; a link that gets through all the same has no preview.
    flags: MessageFlags.SuppressEmbeds,
    nonce: nonceOf(reply, chunk),
    enforce_nonce: true,
  };
  crashPoint('bot:before-post');
  await rest.post(Routes.channelMessages(channelId), { body });
  crashPoint('bot:after-discord-200');
}

/** A request was not sent because its time had passed. Nothing of it has reached the network. */
export class SendTooLateError extends Error {
  override name = 'SendTooLateError';

  constructor() {
    super('the time in which this could be sent without being posted twice had passed');
  }
}

const sendBeforeMs = new AsyncLocalStorage<number>();

/**
 * Runs `work`, whose requests to Discord are refused with `SendTooLateError` once it is `beforeMs` (milliseconds since the
 * Unix epoch), however long they have waited for a rate limit, for a retry of the library's, or because the process was
 * frozen. What remains is a freeze in the microseconds between the look at the clock and the write to the socket.
 */
export function sendingBefore<Result>(beforeMs: number, work: () => Promise<Result>): Promise<Result> {
  return sendBeforeMs.run(beforeMs, work);
}

/** To be called last before a request is sent. @throws SendTooLateError when its time has passed. */
export function mayStillSend(): void {
  const beforeMs = sendBeforeMs.getStore();
  if (beforeMs !== undefined && Date.now() >= beforeMs) throw new SendTooLateError();
}
