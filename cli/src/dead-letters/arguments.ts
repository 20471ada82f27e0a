import { readCommandLine, UsageError } from '@popple/shared/operator/command-line';

/** What to do with dead letters; a letter's number is its sequence in POPPLE_DEAD. */
export type DeadArguments =
  | { command: 'list'; reason: string | undefined }
  | { command: 'show'; numbers: number[] }
  | { command: 'redrive'; numbers: number[]; wait: boolean }
  | { command: 'redrive-all'; reason: string | undefined; wait: boolean }
  | { command: 'drop'; numbers: number[]; yes: boolean };

const COMMANDS = ['list', 'show', 'redrive', 'drop'] as const;
type Command = (typeof COMMANDS)[number];

/** Which options each command understands. */
const OPTIONS_OF: Record<Command, readonly string[]> = {
  list: ['reason'],
  show: [],
  redrive: ['all', 'reason', 'no-wait'],
  drop: ['yes'],
};

function isCommand(word: string): word is Command {
  return COMMANDS.some((command) => command === word);
}

function letterNumber(text: string): number {
  if (!/^[1-9]\d{0,15}$/.test(text) || !Number.isSafeInteger(Number(text)))
    throw new UsageError(`"${text}" is not the number of a dead letter; bun run dead list shows them`);
  return Number(text);
}

/**
 * Reads the command line of `bun run dead`.
 * @throws UsageError saying what is missing or wrong.
 */
export function parseDeadArguments(args: readonly string[]): DeadArguments {
  const { values, positionals } = readCommandLine(args, {
    reason: { type: 'string' },
    all: { type: 'boolean' },
    yes: { type: 'boolean' },
    'no-wait': { type: 'boolean' },
  });
  const [command, ...words] = positionals;
  if (command === undefined) throw new UsageError(`say what to do: ${COMMANDS.join(', ')}`);
  if (!isCommand(command)) throw new UsageError(`"${command}" is none of ${COMMANDS.join(', ')}`);
  for (const option of Object.keys(values)) {
    if (!OPTIONS_OF[command].includes(option)) throw new UsageError(`${command} has no option --${option}`);
  }
  const { reason, all = false, yes = false } = values;
  const wait = !values['no-wait'];
  // It becomes a token of a subject.
  if (reason !== undefined && !/^[a-z0-9-]+$/.test(reason))
    throw new UsageError(
      `--reason is "${reason}": expected one such as not-json; bun run dead list shows them`,
    );

  const numbers = words.map(letterNumber);
  if (command === 'list') {
    if (words.length > 0) throw new UsageError('list takes no number; dead show <n> shows one letter');
    return { command, reason };
  }
  if (command === 'redrive') {
    if (all && numbers.length > 0) throw new UsageError('redrive takes numbers or --all, not both');
    if (all) return { command: 'redrive-all', reason, wait };
    if (reason !== undefined) throw new UsageError('--reason goes with redrive --all');
    if (numbers.length === 0)
      throw new UsageError(
        'redrive needs the number of a dead letter, or --all; bun run dead list shows them',
      );
    return { command, numbers, wait };
  }
  if (numbers.length === 0)
    throw new UsageError(`${command} needs the number of a dead letter; bun run dead list shows them`);
  return command === 'show' ? { command, numbers } : { command, numbers, yes };
}
