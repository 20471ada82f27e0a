import { type APIMessage, DiscordAPIError, type REST, Routes } from 'discord.js';
import type { Reply } from './outgoing';

const PAGE_SIZE = 100;

/** How far after the question an answer is looked for. An answer comes within moments unless something broke. */
const MAX_PAGES = 20;

/**
 * How many parts of a reply the bot has said already, read from the channel itself: the one memory that cannot be out of
 * step with what members see. Where the bot may not read history the reply counts as said, because silence is better
 * than a second answer.
 * @throws what discord.js's REST throws, but for a refusal to show the history.
 * @see https://discord.com/developers/docs/resources/message#get-channel-messages
 */
export async function partsAlreadySaid(rest: REST, reply: Reply, botId: string): Promise<number> {
  let after = reply.messageId;
  let said = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ after, limit: String(PAGE_SIZE) });
    let messages: APIMessage[];
    try {
      messages = (await rest.get(Routes.channelMessages(reply.channelId), { query })) as APIMessage[];
    } catch (error) {
      if (error instanceof DiscordAPIError && error.status === 403) return reply.contents.length;
      throw error;
    }
    for (const message of messages) {
      if (message.author.id === botId && message.message_reference?.message_id === reply.messageId) said += 1;
      if (BigInt(message.id) > BigInt(after)) after = message.id;
    }
    if (messages.length < PAGE_SIZE || said >= reply.contents.length) break;
  }
  return Math.min(said, reply.contents.length);
}
