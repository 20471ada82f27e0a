import { type APIMessage, DiscordAPIError, type REST, Routes } from 'discord.js';
import type { Reply } from './outgoing';

const PAGE_SIZE = 100;

/** How far after the question an answer is looked for. An answer comes within moments unless something broke. */
const MAX_PAGES = 20;

/**
 * How many parts of a reply the bot has said already, read from the channel itself: the one memory that cannot be out of
 * step with what members see. Where the bot may not read history the reply counts as said, because silence is better
 * than a second answer.
 *
 * A part is known by its reference to the question. One that was said when the question was deleted already has none, and
 * is known by its text: that the same text stands there for another reason is possible, and again silence is better.
 * @throws what discord.js's REST throws, but for a refusal to show the history.
 * @see https://discord.com/developers/docs/resources/message#get-channel-messages
 */
export async function partsAlreadySaid(rest: REST, reply: Reply, botId: string): Promise<number> {
  // From the question itself on, for where the history is closed Discord tells of no messages instead of refusing.
  let after = String(BigInt(reply.messageId) - 1n);
  let said = 0;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = new URLSearchParams({ after, limit: String(PAGE_SIZE) });
    let messages: APIMessage[];
    try {
      messages = (await rest.get(Routes.channelMessages(reply.channelId), { query })) as APIMessage[];
      if (page === 0 && messages.length === 0)
        await rest.get(Routes.channelMessage(reply.channelId, reply.messageId));
    } catch (error) {
      if (!(error instanceof DiscordAPIError)) throw error;
      if (error.status === 403) return reply.contents.length;
      // The question was deleted, and nothing was said after it.
      if (error.code === UNKNOWN_MESSAGE) return 0;
      throw error;
    }
    for (const message of messages.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))) {
      if (message.author.id === botId && isPart(message, reply, said)) said += 1;
      after = message.id;
    }
    if (messages.length < PAGE_SIZE || said >= reply.contents.length) break;
  }
  return Math.min(said, reply.contents.length);
}

const UNKNOWN_MESSAGE = 10_008;

function isPart(message: APIMessage, reply: Reply, part: number): boolean {
  const question = message.message_reference?.message_id;
  return question === undefined ? message.content === reply.contents[part] : question === reply.messageId;
}
