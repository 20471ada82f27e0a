import type { Event, EventKind } from '@popple/shared/contract/event';
import type { Request } from '@popple/shared/contract/request';
import type { APIActionRowComponent, APIButtonComponentWithCustomId } from 'discord.js';

type Envelope = 'v' | 'id' | 'at' | 'guildId' | 'origin';

type WithoutEnvelope<R extends Request> = R extends Request ? Omit<R, Envelope> : never;

/** What is asked of svc: a request without its envelope, which comes from the message. */
export type Asked = WithoutEnvelope<Request>;

/** What bot replies: lines of text (one may have line breaks of its own), or a reaction to the message. */
export type ReplyContent = { lines: readonly string[] } | { emoji: string };

/** A row of buttons. */
export type Components = APIActionRowComponent<APIButtonComponentWithCustomId>;

/**
 * What bot replies to an interaction: lines for whoever used it, and some for all to see where the first are private. Of what is
 * more than one message the end is left out.
 */
export interface ResponseContent {
  lines: readonly string[];
  announcement?: readonly string[] | undefined;
  /** What can be clicked below the lines. */
  components?: readonly Components[] | undefined;
}

/** What an intent comes to: a request to svc, or a local reply. */
export type Action =
  /** With `managersOnly`, only who may manage the server may ask; all others get this reply. */
  | { ask: Asked; managersOnly?: ReplyContent }
  /** With `sparingly`, once in a while only in each channel, or for each user: they may not have asked for anything. */
  | { reply: ReplyContent; sparingly?: 'channel' | 'user' };

/** The action that replies with a line. */
export function localReply(line: string): { reply: ReplyContent } {
  return { reply: { lines: [line] } };
}

/** What a local reply may depend on. */
export interface LocalContext {
  /** How the bot is addressed. */
  mention: string;
  /** When this process began, in milliseconds since the Unix epoch. */
  startedAtMs: number;
  /** All commands, in the order in which they are shown. */
  commands: readonly Command[];
}

/** The events by their kind. */
export type Events = { [E in Event as E['kind']]: E };

/** One thing that members can have from the bot: what it asks of svc or replies by itself, and how a result is shown. */
export interface Feature {
  /** What it does with its intents, by their kind. */
  actions: { readonly [kind: string]: (intent: never, context: LocalContext) => Action };
  /** The replies to the events that answer what it asks; undefined where nothing is to be replied. */
  replies?: { readonly [K in EventKind]?: (event: Events[K]) => ReplyContent | undefined };
  /** The responses to interactions that ask for it, where they differ from the reply. */
  responses?: { readonly [K in EventKind]?: (event: Events[K]) => ResponseContent };
}

/** A feature that members call by a word after a mention of the bot. */
export interface Command extends Feature {
  /** The words, any of which calls it: lower case, letters only. */
  words: readonly string[];
  /** Its lines in `help`, one for each use; nothing where the word is clear. */
  help?(mention: string): readonly string[];
  /** What it means with this after its word, as written. Pure, linear, and never throws. */
  parse(given: string, word: string): { kind: string };
}
