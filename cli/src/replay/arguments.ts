import { snowflakeSchema } from '@popple/shared/contract/ids';
import { readCommandLine, UsageError } from '@popple/shared/operator/command-line';
import { parseTimestampMs } from './timestamp';

/** What to replay. Times are in milliseconds since the Unix epoch. */
export interface ReplayArguments {
  sinceMs: number;
  untilMs: number | undefined;
  guildId: string | undefined;
  dryRun: boolean;
}

const TIMESTAMP =
  'expected a time with its zone such as 2026-07-01T02:00:00Z, a date such as 2026-07-01, or how long ago such as 26h or 7d';

function timestamp(option: string, text: string, nowMs: number): number {
  const ms = parseTimestampMs(text, nowMs);
  if (ms === undefined) throw new UsageError(`${option} is "${text}": ${TIMESTAMP}`);
  if (ms > nowMs) throw new UsageError(`${option} is "${text}", which is in the future`);
  return ms;
}

/**
 * Reads the command line of `bun run replay`.
 * @throws UsageError saying what is missing or wrong.
 */
export function parseReplayArguments(args: readonly string[], nowMs: number = Date.now()): ReplayArguments {
  const { values, positionals } = readCommandLine(args, {
    since: { type: 'string' },
    until: { type: 'string' },
    guild: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
  });
  if (positionals.length > 0)
    throw new UsageError(`"${positionals[0]}" is not understood; options begin with --`);
  if (values.since === undefined) throw new UsageError(`--since is missing: ${TIMESTAMP}`);
  const sinceMs = timestamp('--since', values.since, nowMs);
  const untilMs = values.until === undefined ? undefined : timestamp('--until', values.until, nowMs);
  if (untilMs !== undefined && untilMs <= sinceMs)
    throw new UsageError(`--until (${values.until}) is not after --since (${values.since})`);
  const { guild } = values;
  if (guild !== undefined && !snowflakeSchema.safeParse(guild).success)
    throw new UsageError(
      `--guild is "${guild}": expected the id of a Discord server, a number of up to 19 digits`,
    );
  return { sinceMs, untilMs, guildId: guild, dryRun: values['dry-run'] };
}
