import type { EventKind } from '@popple/shared/contract/event';
import { announce } from './announce';
import { board } from './board';
import { type ChangeIntent, change } from './change';
import type { Action, Command, Events, LocalContext, ReplyContent, ResponseContent } from './command';
import { type HelpIntent, help } from './help';
import { history } from './history';
import { karma } from './karma';
import { moderation } from './moderation';
import { undo } from './undo';
import { uptime } from './uptime';
import { version } from './version';

/** Every command, in the order in which they are shown. To add one, write its file and name it here. */
const COMMANDS = [
  karma,
  board,
  announce,
  history,
  undo,
  uptime,
  version,
  help,
] as const satisfies readonly Command[];

type CommandIntent = ReturnType<(typeof COMMANDS)[number]['parse']>;

/** What a message means. */
export type Intent = { kind: 'nothing' } | ChangeIntent | HelpIntent | CommandIntent;

type Intents = { [I in Intent as I['kind']]: I };
type ActiveKind = Exclude<keyof Intents, 'nothing'>;

type Merged<Records> = (Records extends unknown ? (record: Records) => void : never) extends (
  record: infer All,
) => void
  ? All
  : never;

/** All entries of some records. @throws TypeError where two have the same key. */
function merged<Records extends object>(records: readonly Records[]): Merged<Records> {
  const keys = records.flatMap((record) => Object.keys(record));
  const twice = keys.find((key, index) => keys.indexOf(key) !== index);
  if (twice !== undefined) throw new TypeError(`two features have ${twice}`);
  return Object.assign({}, ...records);
}

const FEATURES = [change, moderation, ...COMMANDS];

/** An intent that no feature acts on does not compile. */
const ACTIONS: { readonly [K in ActiveKind]: (intent: Intents[K], context: LocalContext) => Action } = merged(
  FEATURES.map(({ actions }) => actions),
);

/** An event that no feature has a reply for does not compile. */
const REPLIES: { readonly [K in EventKind]: (event: Events[K]) => ReplyContent | undefined } = merged(
  FEATURES.flatMap((feature) => ('replies' in feature ? [feature.replies] : [])),
);

/** Where an event has no response of its own, an interaction gets what a message does. */
const RESPONSES: { readonly [K in EventKind]?: (event: Events[K]) => ResponseContent } = merged(
  FEATURES.flatMap((feature) => ('responses' in feature ? [feature.responses] : [])),
);

/** All words that call a command. */
export const COMMAND_WORDS: readonly string[] = COMMANDS.flatMap(({ words }) => words);

/** What a command's word (in lower case) means with this after it; undefined where no command has the word. */
export function parseCommand(word: string, given: string): Intent | undefined {
  return COMMANDS.find(({ words }: Command) => words.includes(word))?.parse(given, word);
}

/** What an intent comes to. Pure but for the clock in `uptime`. */
export function actionFor<K extends ActiveKind>(
  intent: Intents[K] & { kind: K },
  context: Omit<LocalContext, 'commands'>,
): Action {
  return ACTIONS[intent.kind](intent, { ...context, commands: COMMANDS });
}

/** The reply to an event; undefined where its server does not want one. */
export function replyTo<K extends EventKind>(event: Events[K] & { kind: K }): ReplyContent | undefined {
  return REPLIES[event.kind](event);
}

/** What a message gets, as an interaction does. */
function fromReply(reply: ReplyContent | undefined): ResponseContent {
  if (reply === undefined) return { lines: ['Done.'] };
  return { lines: 'emoji' in reply ? [reply.emoji] : reply.lines };
}

function responseOf<K extends EventKind>(kind: K): (event: Events[K]) => ResponseContent {
  return RESPONSES[kind] ?? ((event) => fromReply(REPLIES[kind](event)));
}

/** The response to an interaction whose event this is. */
export function respondTo<K extends EventKind>(event: Events[K] & { kind: K }): ResponseContent {
  return responseOf<K>(event.kind)(event);
}
