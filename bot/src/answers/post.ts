import { crashPoint } from '@popple/shared/process/crash-point';
import { MessageFlags, type REST, type RESTPostAPIChannelMessageJSONBody, Routes } from 'discord.js';
import type { Reaction, Reply } from './outgoing';

/** The nonce of a part: the request's id, and for the parts after the first its number. At most 25 characters. */
function nonceOf(reply: Reply, part: number): string {
  return part === 0 ? reply.messageId : `${reply.messageId}.${part}`;
}

/** Reacts on Discord; repeated, it changes nothing. @throws what discord.js's REST throws. */
export async function react(rest: REST, { channelId, messageId, emoji }: Reaction): Promise<void> {
  await rest.put(Routes.channelMessageOwnReaction(channelId, messageId, encodeURIComponent(emoji)));
}

/**
 * Says one part of a reply on Discord. Repeated within Discord's memory of nonces (a few minutes) it does not say it twice.
 * Replies never ping anyone, and stand without their reference when the message they answer was deleted or `withReference`
 * is false.
 * @throws what discord.js's REST throws; rate limits are waited for by it.
 * @see https://discord.com/developers/docs/resources/message#create-message
 */
export async function post(rest: REST, reply: Reply, part: number, withReference: boolean): Promise<void> {
  const { channelId, messageId, contents } = reply;
  const body: RESTPostAPIChannelMessageJSONBody = {
    content: contents[part] ?? '',
    ...(withReference ? { message_reference: { message_id: messageId, fail_if_not_exists: false } } : {}),
    allowed_mentions: { parse: [], replied_user: false },
    // What members write is escaped; should a link get through all the same, it shows nothing of where it leads.
    flags: MessageFlags.SuppressEmbeds,
    nonce: nonceOf(reply, part),
    enforce_nonce: true,
  };
  crashPoint('bot:before-post');
  await rest.post(Routes.channelMessages(channelId), { body });
  crashPoint('bot:after-discord-200');
}
