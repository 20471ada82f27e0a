import { mentionAt, textSubject } from '@popple/bot/chat/subject';
import { requestIdSchema, snowflakeSchema } from '@popple/shared/contract/ids';
import { MAX_ADJUSTMENT, MAX_AUDIT_SIZE } from '@popple/shared/contract/limits';
import type { Moderation } from '@popple/shared/contract/request';
import { reasonSchema, type Subject } from '@popple/shared/contract/subject';
import { readCommandLine, UsageError } from '@popple/shared/operator/command-line';
import { parseTimestampMs } from '../replay/timestamp';

type Envelope = 'v' | 'id' | 'at' | 'guildId' | 'origin';
type WithoutEnvelope<One extends Moderation> = One extends Moderation ? Omit<One, Envelope> : never;

/** What a moderator asks for, as it is in the request. */
export type AskedModeration = WithoutEnvelope<Moderation>;

/** What to do in a server: ask svc for something, or show what moderators did. */
export type ModerateArguments =
  | { command: 'ask'; guildId: string; asked: AskedModeration }
  | { command: 'log'; guildId: string; limit: number };

/** How many entries of the log are shown when nobody says how many. */
const DEFAULT_LIMIT = 20;

const COMMANDS = ['adjust', 'block', 'unblock', 'merge', 'remove', 'undo', 'undo-all', 'log'];

/** An amount below zero would be taken for an option. With a minus sign proper it is a word. */
const MINUS = '−';
const asWord = (argument: string) => (/^-\d+$/.test(argument) ? MINUS + argument.slice(1) : argument);

function needed(word: string | undefined, what: string): string {
  if (word === undefined) throw new UsageError(what);
  return word;
}

/** A subject as chat has it: in any spelling, a member by a mention. */
function readSubject(text: string): Subject {
  const subject = textSubject(text);
  if (subject === undefined) throw new UsageError(`"${text}" cannot have karma`);
  return subject;
}

/** The id of a member, which may be written as a mention. */
function readMember(text: string): string {
  const id = mentionAt(text, 0)?.id ?? text;
  if (!snowflakeSchema.safeParse(id).success) throw new UsageError(`"${text}" is not the id of a member`);
  return id;
}

/** A request by its id, or the message that a link leads to. */
function readRequest(text: string): string {
  const id = /^https:\/\/(?:\w+\.)?discord\.com\/channels\/\d+\/\d+\/(\d+)$/.exec(text)?.[1] ?? text;
  if (!requestIdSchema.safeParse(id).success)
    throw new UsageError(`"${text}" is neither the id of a message or a request, nor a link to a message`);
  return id;
}

function readSince(text: string, nowMs: number): number {
  const since = parseTimestampMs(text, nowMs);
  if (since === undefined || since > nowMs)
    throw new UsageError(`"${text}" is no time in the past, such as 2h, 2026-07-01 or 2026-07-01T02:00:00Z`);
  return since;
}

function readAmount(text: string): number {
  const amount = /^[+−]?\d{1,10}$/.test(text) ? Number(text.replace(MINUS, '-')) : 0;
  if (amount === 0 || Math.abs(amount) > MAX_ADJUSTMENT)
    throw new UsageError(`"${text}" is no amount: it is 1 to ${MAX_ADJUSTMENT}, or below zero as many`);
  return amount;
}

function readReason(words: readonly string[]): string | undefined {
  if (words.length === 0) return undefined;
  const result = reasonSchema.safeParse(words.join(' '));
  if (!result.success)
    throw new UsageError(
      `the reason cannot be used: ${result.error.issues.map(({ message }) => message).join('; ')}`,
    );
  return result.data;
}

/** The reason as a request has it: left out where there is none. */
function reasonIn(words: readonly string[]): { reason?: string } {
  const reason = readReason(words);
  return reason === undefined ? {} : { reason };
}

function readLimit(text: string | undefined): number {
  if (text === undefined) return DEFAULT_LIMIT;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MAX_AUDIT_SIZE)
    throw new UsageError(`--limit is 1 to ${MAX_AUDIT_SIZE}, not "${text}"`);
  return limit;
}

function readAsked(
  command: string,
  [first, second, ...rest]: readonly string[],
  nowMs: number,
): AskedModeration {
  const later = second === undefined ? [] : [second, ...rest];
  switch (command) {
    case 'adjust': {
      const subject = readSubject(needed(first, 'adjust needs a subject'));
      const amount = readAmount(needed(second, 'adjust needs an amount, such as 5 or -5'));
      const reason = needed(readReason(rest), 'adjust needs a reason');
      return { kind: command, subject, amount, reason };
    }
    case 'block':
    case 'unblock':
      return {
        kind: command,
        memberId: readMember(needed(first, `${command} needs the id of a member`)),
        ...reasonIn(later),
      };
    case 'merge': {
      const from = readSubject(needed(first, 'merge needs a subject'));
      const into = readSubject(needed(second, 'merge needs a second subject, which gets the karma'));
      if (from.subject === into.subject) throw new UsageError('both are one subject');
      return { kind: command, from, into, ...reasonIn(rest) };
    }
    case 'remove':
      return {
        kind: command,
        subject: readSubject(needed(first, 'remove needs a subject')),
        ...reasonIn(later),
      };
    case 'undo':
      return {
        kind: 'undo-request',
        undoes: readRequest(needed(first, 'undo needs a message, by its id or a link')),
        ...reasonIn(later),
      };
    case 'undo-all': {
      const memberId = readMember(needed(first, 'undo-all needs the id of a member'));
      const since = readSince(needed(second, 'undo-all needs a time, such as 2h'), nowMs);
      return { kind: command, memberId, since, ...reasonIn(rest) };
    }
    default:
      throw new UsageError(`"${command}" is none of ${COMMANDS.join(', ')}`);
  }
}

/**
 * Reads the command line of `bun run popple moderate`.
 * @throws UsageError saying what is missing or wrong.
 */
export function parseModerateArguments(
  args: readonly string[],
  nowMs: number = Date.now(),
): ModerateArguments {
  const { positionals, values } = readCommandLine(args.map(asWord), { limit: { type: 'string' } });
  const [guildId, command, ...words] = positionals;
  if (guildId === undefined) throw new UsageError('say of which server, by its id');
  if (!snowflakeSchema.safeParse(guildId).success)
    throw new UsageError(`"${guildId}" is not the id of a server`);
  if (command === undefined) throw new UsageError(`say what to do: ${COMMANDS.join(', ')}`);
  if (command === 'log') {
    if (words[0] !== undefined) throw new UsageError(`"${words[0]}" is not understood`);
    return { command, guildId, limit: readLimit(values.limit) };
  }
  if (values.limit !== undefined) throw new UsageError('--limit is for log');
  return { command: 'ask', guildId, asked: readAsked(command, words, nowMs) };
}
