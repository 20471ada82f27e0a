import { type APIMessage, DiscordAPIError, type REST, Routes } from 'discord.js';
import type { Reply } from './outgoing';

const PAGE_SIZE = 100;

/**
 * How much of a channel is read at once, at most. In a flooded channel a reply may be thousands of messages after its
 * message; to stop before it would be to reply twice. What was read serves all other replies there.
 */
const MAX_PAGES = 500;

/** How long what was read of a channel is kept, so that a history that was closed meanwhile is noticed. */
const KEPT_MS = 300_000;

/** Channels of which something is kept at most: some kilobytes each. */
const MAX_CHANNELS = 1_000;

const UNKNOWN_MESSAGE = 10_008;

/** A reply, as far as a look into its channel needs it. */
type Sought = Omit<Reply, 'requestId' | 'askedAtMs'>;

/** What a look into a channel found. */
export interface Look {
  /** How many chunks of the reply are there. */
  posted: number;
  /** As of when, in milliseconds since the Unix epoch: what was posted later is not in it. */
  asOfMs: number;
}

/** What was read of a channel: every message after `from` and up to `to`. */
interface Scan {
  readonly beganMs: number;
  from: bigint;
  to: bigint;
  /** When the newest message was read last; undefined while the newest is further away than was read. */
  asOfMs: number | undefined;
  /** How many of the bot's messages refer to a message. */
  readonly replies: Map<string, number>;
  /** The bot's messages that refer to none, oldest first. */
  readonly unreferenced: { readonly id: bigint; readonly content: string }[];
}

interface Channel {
  scan: Scan | undefined;
  /** Looks into one channel follow each other, so that what one has read serves the next. */
  turn: Promise<unknown>;
}

/**
 * What the bot has posted in channels, read from the channels themselves: the one memory that cannot differ from what
 * members see.
 *
 * After NATS has lost its volume thousands of replies are in doubt at once. So what was read of a channel is kept for a
 * while, and a page of 100 messages serves all replies in doubt on it: one look for each would read a busy channel's history
 * over and over, beyond every limit that Discord has on requests.
 * @see https://discord.com/developers/docs/resources/message#get-channel-messages
 */
export class PostedInChannels {
  readonly #rest: Pick<REST, 'get'>;
  readonly #botId: string;
  readonly #channels = new Map<string, Channel>();

  constructor(rest: Pick<REST, 'get'>, botId: string) {
    this.#rest = rest;
    this.#botId = botId;
  }

  /**
   * How many chunks of a reply are posted already, as of `notBeforeMs` (milliseconds since the Unix epoch) or later. Where
   * the bot may not read history the reply counts as posted, because no reply is better than a second one.
   *
   * A chunk is known by its reference to the message. One that was posted when the message was deleted already has none, and
   * is known by its text: of a message that is gone the same text may be there for another reason, and again no reply is
   * better. While the message is there, what refers to none replies to another.
   * @throws what discord.js's REST throws, but for a refusal to show the history.
   */
  look(reply: Sought, notBeforeMs: number): Promise<Look> {
    const channel = this.#channel(reply.channelId);
    const done = channel.turn.then(() => this.#look(channel, reply, notBeforeMs));
    channel.turn = done.catch(() => undefined);
    return done;
  }

  #channel(channelId: string): Channel {
    const channel = this.#channels.get(channelId) ?? { scan: undefined, turn: Promise.resolve() };
    // The one that was needed last is dropped last.
    this.#channels.delete(channelId);
    this.#channels.set(channelId, channel);
    if (this.#channels.size > MAX_CHANNELS) {
      for (const oldest of this.#channels.keys()) {
        this.#channels.delete(oldest);
        break;
      }
    }
    return channel;
  }

  async #look(channel: Channel, reply: Sought, notBeforeMs: number): Promise<Look> {
    const { channelId, contents } = reply;
    const nowMs = Date.now();
    const question = BigInt(reply.messageId);
    try {
      if (channel.scan !== undefined && nowMs - channel.scan.beganMs > KEPT_MS) channel.scan = undefined;
      channel.scan ??= await this.#begin(channelId, question);
      const { scan } = channel;
      if (question <= scan.from) await this.#readBefore(channelId, scan, question);
      const isEnough = scan.asOfMs !== undefined && scan.asOfMs >= notBeforeMs && question <= scan.to;
      if (!isEnough) await this.#readOn(channelId, scan);
      const referring = scan.replies.get(reply.messageId) ?? 0;
      const alike = chunksIn(scan, reply);
      const posted = alike > referring && (await this.#exists(reply)) ? referring : alike;
      return { posted: Math.min(posted, contents.length), asOfMs: scan.asOfMs ?? nowMs };
    } catch (error) {
      channel.scan = undefined;
      if (!(error instanceof DiscordAPIError)) throw error;
      if (error.status === 403) return { posted: contents.length, asOfMs: nowMs };
      // The message was deleted, and nothing was posted after it.
      if (error.code === UNKNOWN_MESSAGE) return { posted: 0, asOfMs: nowMs };
      throw error;
    }
  }

  async #exists({ channelId, messageId }: Sought): Promise<boolean> {
    try {
      await this.#rest.get(Routes.channelMessage(channelId, messageId));
      return true;
    } catch (error) {
      if (error instanceof DiscordAPIError && error.code === UNKNOWN_MESSAGE) return false;
      throw error;
    }
  }

  /** Begins with the page of the message itself: where history is closed Discord shows no messages instead of refusing. */
  async #begin(channelId: string, question: bigint): Promise<Scan> {
    const nowMs = Date.now();
    const from = question - 1n;
    const page = await this.#page(channelId, from);
    if (page.length === 0) await this.#rest.get(Routes.channelMessage(channelId, String(question)));
    const scan: Scan = {
      beganMs: nowMs,
      from,
      to: page.length === 0 ? question : idOf(page.at(-1)),
      asOfMs: page.length < PAGE_SIZE ? nowMs : undefined,
      replies: new Map(),
      unreferenced: [],
    };
    this.#take(scan, page);
    return scan;
  }

  /** Reads from where was read last to the newest message, or as far as a reply may be looked for. */
  async #readOn(channelId: string, scan: Scan): Promise<void> {
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const nowMs = Date.now();
      const page = await this.#page(channelId, scan.to);
      this.#take(scan, page);
      if (page.length > 0) scan.to = idOf(page.at(-1));
      scan.asOfMs = page.length < PAGE_SIZE ? nowMs : undefined;
      if (scan.asOfMs !== undefined) return;
    }
  }

  /** Reads what lies between an older message and what was read before. */
  async #readBefore(channelId: string, scan: Scan, question: bigint): Promise<void> {
    const older: APIMessage[] = [];
    let after = question - 1n;
    for (let pages = 0; pages < MAX_PAGES; pages += 1) {
      const page = await this.#page(channelId, after);
      older.push(...page.filter((message) => idOf(message) <= scan.from));
      after = page.length === 0 ? scan.from : idOf(page.at(-1));
      if (after >= scan.from) break;
    }
    this.#take(scan, older);
    scan.unreferenced.sort((a, b) => (a.id < b.id ? -1 : 1));
    // Where that was too far, what is between is read when it is needed.
    if (after >= scan.from) scan.from = question - 1n;
  }

  /** The messages after an id, oldest first. */
  async #page(channelId: string, after: bigint): Promise<APIMessage[]> {
    const query = new URLSearchParams({ after: String(after), limit: String(PAGE_SIZE) });
    const page = (await this.#rest.get(Routes.channelMessages(channelId), { query })) as APIMessage[];
    return page.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1));
  }

  #take(scan: Scan, messages: readonly APIMessage[]): void {
    for (const message of messages) {
      if (message.author.id !== this.#botId) continue;
      const question = message.message_reference?.message_id;
      if (question === undefined) scan.unreferenced.push({ id: idOf(message), content: message.content });
      else scan.replies.set(question, (scan.replies.get(question) ?? 0) + 1);
    }
  }
}

function idOf(message: APIMessage | undefined): bigint {
  return BigInt(message?.id ?? 0);
}

function chunksIn(scan: Scan, { messageId, contents }: Sought): number {
  let said = scan.replies.get(messageId) ?? 0;
  for (const { id, content } of scan.unreferenced) {
    if (id > BigInt(messageId) && content === contents[said]) said += 1;
  }
  return said;
}
