import { sumChanges } from '../commands/change';
import type { Intent } from '../commands/commands';
import { isWhiteSpace, Unit } from './characters';
import { readableText } from './markdown/readable-text';
import { type Names, readNames } from './names/read-names';
import { type BotIdentity, readCommand, wordsToBot } from './read-command';

export type { BotIdentity } from './read-command';

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
function readChanges(text: string): Names | undefined {
  const readable = readableText(text, true);
  return mayChangeKarma(readable.text) ? readNames(readable, false) : undefined;
}

/**
 * What a message means: a command to the bot, changes of karma, or nothing. Pure, linear in the message's length, and never
 * throws, whatever the string. What it returns is well formed (lone surrogates become U+FFFD) and obeys the contract.
 *
 * In order: a message that can mean nothing is recognised without being read; a command is recognised at the start; of
 * anything else, what is not read (code, quotes, URLs, struck-out text) is ignored, then names with operators are read, and
 * their changes summed; what is left may be a mention of the bot alone, or words to it that are no command.
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
