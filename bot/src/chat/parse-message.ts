import { type NamedChanges, sumChanges } from '../commands/change';
import { COMMAND_WORDS, type Intent, parseCommand } from '../commands/commands';
import { isSentenceMark, isWhiteSpace, nextWhiteSpace, skipWhiteSpace, Unit } from './characters';
import { readableText } from './markdown/readable-text';
import { readNames } from './names/read-names';
import { withReasons } from './reasons/read-reasons';
import { subjectKey } from './subjects/subject';

/** Who the bot is to its members: its id, and the plain names it answers to after `@`, in any case. */
export interface BotIdentity {
  id: string;
  names: readonly string[];
}

/** A command is a whole word; one may end it as one ends a sentence. Phones begin sentences with a capital. */
const COMMAND = new RegExp(String.raw`(${COMMAND_WORDS.join('|')})[.,!?:\u2026]*(?!\P{White_Space})`, 'iuy');

const WORD_START = /[\p{L}\p{N}]/uy;

/** No spelling of a name has more code units to one of its key's; what is longer needs no normalising to be told apart. */
const LONGEST_SPELLING = 8;

/** The index after the mention of the bot that begins at `index`; undefined if there is none. */
function idMentionEnd(content: string, index: number, id: string): number | undefined {
  const mention = [`<@${id}>`, `<@!${id}>`].find((form) => content.startsWith(form, index));
  return mention === undefined ? undefined : index + mention.length;
}

/** As `idMentionEnd`, for `@` and a name, which may have white space in it and ends where white space follows. */
function nameMentionEnd(content: string, index: number, name: string): number | undefined {
  const key = subjectKey(name);
  if (key === '' || isWhiteSpace(content.charCodeAt(index + 1))) return undefined;
  let end = index + 1;
  for (const _ of key.split(' ')) end = nextWhiteSpace(content, skipWhiteSpace(content, end));
  if (end - index > LONGEST_SPELLING * key.length) return undefined;
  return subjectKey(content.slice(index + 1, end)) === key ? end : undefined;
}

/** Where a mention of the bot may end that begins at `index`: the longest first, as of Popple and Popple Bot. */
function mentionEnds(content: string, index: number, bot: BotIdentity): number[] {
  const unit = content.charCodeAt(index);
  if (unit === Unit.at)
    return bot.names.flatMap((name) => nameMentionEnd(content, index, name) ?? []).sort((a, b) => b - a);
  return unit === Unit.less ? [idMentionEnd(content, index, bot.id) ?? []].flat() : [];
}

function commandAfter(content: string, mentionEnd: number): Intent | undefined {
  const start = skipWhiteSpace(content, mentionEnd);
  if (start === mentionEnd) return undefined;
  COMMAND.lastIndex = start;
  const word = COMMAND.exec(content)?.[1];
  return word === undefined ? undefined : parseCommand(word.toLowerCase(), content.slice(COMMAND.lastIndex));
}

/**
 * What a command means: a message that begins with a mention of the bot, by id or as `@` and one of its names in any case,
 * followed by white space and the command as a whole word. Undefined for any other message. White space before is ignored.
 */
function readCommand(content: string, bot: BotIdentity): Intent | undefined {
  const start = skipWhiteSpace(content, 0);
  for (const end of mentionEnds(content, start, bot)) {
    const intent = commandAfter(content, end);
    if (intent !== undefined) return intent;
  }
  return undefined;
}

/**
 * What a message that begins with a mention of the bot, and is no command, has beside it: `none`, or `some` words, with
 * white space between. Undefined for any other message, and where something else than a word follows.
 */
function wordsToBot(content: string, bot: BotIdentity): 'none' | 'some' | undefined {
  const [mentionEnd] = mentionEnds(content, skipWhiteSpace(content, 0), bot);
  if (mentionEnd === undefined) return undefined;
  const start = skipWhiteSpace(content, mentionEnd);
  let end = start;
  while (isSentenceMark(content.charCodeAt(end))) end++;
  if (skipWhiteSpace(content, end) === content.length) return 'none';
  WORD_START.lastIndex = start;
  return start > mentionEnd && WORD_START.test(content) ? 'some' : undefined;
}

/** Any sign that is not ASCII. Two halves of an operator may be of different width. */
const WIDE_SIGN = /[＋－—–]/;

const NOTHING: Intent = { kind: 'nothing' };

function mayBeCommand(content: string): boolean {
  const first = content.charCodeAt(0);
  return first === Unit.less || first === Unit.at || isWhiteSpace(first);
}

function mayChangeKarma(content: string): boolean {
  return content.includes('++') || content.includes('--') || WIDE_SIGN.test(content);
}

/** Undefined where all operators were in what is not read, as they are in most code. */
function readChanges(text: string): NamedChanges | undefined {
  const readable = readableText(text, true);
  if (!mayChangeKarma(readable.text)) return undefined;
  const { references, hasTooLong } = readNames(readable, false);
  return { references: withReasons(references, readable), hasTooLong };
}

/**
 * What a message means: a command to the bot, changes of karma, or nothing. Pure, linear in the message's length, and never
 * throws, whatever the string. What it returns is well formed (lone surrogates become U+FFFD) and obeys the contract.
 *
 * In order: a message that can mean nothing is recognised without being read; a command is recognised at the start; of
 * anything else, what is not read (code, quotes, URLs, struck-out text) is ignored, then names with operators are read,
 * with their reasons, and their changes summed; what is left may be a mention of the bot alone, or words to it that are no command.
 */
export function parseMessage(content: string, bot: BotIdentity): Intent {
  const isCandidate = mayChangeKarma(content);
  if (!isCandidate && !mayBeCommand(content)) return NOTHING;
  const text = content.toWellFormed();
  const command = readCommand(text, bot);
  if (command !== undefined) return command;
  const names = isCandidate ? readChanges(text) : undefined;
  if (names !== undefined && (names.references.length > 0 || names.hasTooLong)) return sumChanges(names);
  const words = wordsToBot(text, bot);
  if (words === undefined) return NOTHING;
  return { kind: words === 'none' ? 'mentioned' : 'unknown-command' };
}
