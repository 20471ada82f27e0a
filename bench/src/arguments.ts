import { readCommandLine, UsageError } from '@popple/shared/operator/command-line';

/** What can be measured alone, in the order in which it is measured. */
export const SCENARIOS = [
  'rates',
  'answers',
  'backlog',
  'latency',
  'parser',
  'boards',
  'rules',
  'names',
  'history',
  'kills',
] as const;

export type ScenarioName = (typeof SCENARIOS)[number];

/** What the person asked for. */
export interface Arguments {
  scenarios: readonly ScenarioName[];
  isQuick: boolean;
  /** Minutes; undefined: no soak. */
  soakMinutes: number | undefined;
  /** Messages a second of the soak; undefined: half of the peak. */
  soakPerSecond: number | undefined;
  /** Waits before each measurement, for a minute at most, until others leave the machine alone. */
  isPatient: boolean;
  /** Makes these the figures that bench/README.md and git keep. */
  keeps: boolean;
}

export const USAGE = `Measures Popple beside the bare layers it stands on.

  bun run bench [options]

  --quick              two minutes instead of ten: one round, small counts, boards of 200,000
  --only <names>       only some of: ${SCENARIOS.join(', ')} (with commas between them)
  --soak [<minutes>]   bot and svc at half of their peak for so long (default 10), and nothing else
  --soak-rate <n>      messages a second of the soak, instead of half of the peak
  --patient            before each measurement, wait for others to leave the machine alone, a minute at most
  --keep               write bench/README.md, bench/results/latest.json and latency.svg
  --help               show this

  rates     bare layers (publish, consume, apply) and the paths through svc and through bot and svc
  answers   REST alone, and from chat to answer
  backlog   a worker drains what has piled up
  latency   at 50 a second, at half of the peak, and on the way to it
  parser    messages a second, typical and hard
  boards    boards and changes among 10 million subjects and 10 million ledger rows
  rules     applying by the rules beside applying before there were any, and among 10 million journal rows
  names     finding subjects by a part of their names among a million, and what that costs who adds names
  history   pages of history among 10 million changes
  kills     from the kill of a bot to the next answer

Everything runs on servers of its own, with durable settings, in temporary folders. What is measured goes to standard
output as tables and to bench/results as JSON.
`;

const DEFAULT_SOAK_MINUTES = 10;

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new UsageError(`--${name} ${text}: expected a number above 0`);
}

function scenarioNames(text: string | undefined): readonly ScenarioName[] {
  if (text === undefined) return SCENARIOS;
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.filter((name) => !SCENARIOS.some((known) => known === name));
  if (wrong.length === 0) return SCENARIOS.filter((name) => names.includes(name));
  throw new UsageError(`--only ${wrong.join(',')}: expected some of ${SCENARIOS.join(', ')}`);
}

/**
 * Reads the command line; undefined when only the usage was asked for.
 * @throws UsageError naming what is not understood.
 */
export function readArguments(args: readonly string[]): Arguments | undefined {
  const { values, positionals } = readCommandLine(args, {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    soak: { type: 'boolean', default: false },
    'soak-rate': { type: 'string' },
    patient: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) return undefined;
  const [minutes, ...more] = positionals;
  if (more.length > 0 || (minutes !== undefined && !values.soak)) {
    throw new UsageError(`"${positionals.join(' ')}" is not understood`);
  }
  return {
    scenarios: values.soak ? [] : scenarioNames(values.only),
    isQuick: values.quick,
    soakMinutes: values.soak ? positive('soak', minutes ?? String(DEFAULT_SOAK_MINUTES)) : undefined,
    soakPerSecond: values['soak-rate'] === undefined ? undefined : positive('soak-rate', values['soak-rate']),
    isPatient: values.patient,
    keeps: values.keep,
  };
}
