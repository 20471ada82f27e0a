import { randomInt } from 'node:crypto';
import { readOptions, wholeNumber } from '@popple/shared/operator/command-line';

/** What the person who typed `bun run test:chaos` asked for. */
export interface ChaosFlags {
  readonly help: boolean;
  readonly seed: string;
  /** No fault comes after this many kills. */
  readonly kills: number;
  /** No fault comes after this many minutes. */
  readonly minutes: number;
  readonly workers: number;
  readonly bots: number;
  /** On how many bots each shard is read at once. */
  readonly replicas: number;
  readonly sparesGateway: boolean;
}

const DEFAULT_KILLS = 60;
const DEFAULT_WORKERS = 2;
const DEFAULT_BOTS = 2;
const DEFAULT_REPLICAS = 1;

/** What `bun run test:chaos --help` prints. */
export const helpText = `bun run test:chaos [--seed N] [--kills N] [--minutes M] [--workers N] [--bots N]
                   [--replicas N] [--spare-gateway]

Has members talk to Popple all the time while everything it stands on breaks: svc, bot, NATS and Postgres are killed, by
the clock and at named points in their code; processes freeze, also for longer than Discord remembers a nonce; connections
are cut, stall and swallow what is sent, also for longer than a lease lives; NATS loses its volume; Discord refuses, delays
and drops, and has outages of servers; one channel is flooded. Then everything is whole again, and every total and every
reply must be exact, no more may count than the rules of each server let, nothing may be refused without its reason, what is
undone or deleted must be taken back once, no channel may have waited for the flooded one, all bots together must have kept the
limit of their token, and each shard must have the sessions it should, and no more.

  --seed N         what goes wrong and what is said; printed at the start, a random one when left out. The same seed gives
                   the same faults and words in the same order, not the same moments: those are up to the machine
  --kills N        stops breaking things after this many kills (default ${DEFAULT_KILLS}; unlimited with only --minutes)
  --minutes M      stops breaking things after this many minutes
  --workers N      how many svc processes share the work (default ${DEFAULT_WORKERS})
  --bots N         how many bot processes share shards and replies (default ${DEFAULT_BOTS})
  --replicas N     how many bots read each shard at the same time: SHARD_REPLICAS (default ${DEFAULT_REPLICAS})
  --spare-gateway  leaves the connection to Discord's gateway alone
  --help           prints this

Exits 0 when everything was exact, 1 when it was not (the details are in a folder whose name is printed).
`;

/** Reads the arguments after the program's name. @throws UsageError naming what is not understood. */
export function parseFlags(args: readonly string[]): ChaosFlags {
  const values = readOptions(args, {
    help: { type: 'boolean', short: 'h', default: false },
    seed: { type: 'string' },
    kills: { type: 'string' },
    minutes: { type: 'string' },
    workers: { type: 'string', default: String(DEFAULT_WORKERS) },
    bots: { type: 'string', default: String(DEFAULT_BOTS) },
    replicas: { type: 'string', default: String(DEFAULT_REPLICAS) },
    'spare-gateway': { type: 'boolean', default: false },
  });
  const { seed, kills, minutes } = values;
  const defaultKills = minutes === undefined ? DEFAULT_KILLS : Number.POSITIVE_INFINITY;
  return {
    help: values.help,
    seed: seed === undefined ? String(randomInt(1, 1_000_000)) : String(wholeNumber('seed', seed, 0, 1e12)),
    kills: kills === undefined ? defaultKills : wholeNumber('kills', kills, 1, 100_000),
    minutes: minutes === undefined ? Number.POSITIVE_INFINITY : wholeNumber('minutes', minutes, 1, 10_000),
    workers: wholeNumber('workers', values.workers, 1, 16),
    bots: wholeNumber('bots', values.bots, 1, 16),
    replicas: wholeNumber('replicas', values.replicas, 1, 4),
    sparesGateway: values['spare-gateway'],
  };
}

/** The command that plays the same run again. */
export function rerunCommand(flags: ChaosFlags): string {
  const { kills, minutes, workers, bots, replicas } = flags;
  return [
    `bun run test:chaos --seed ${flags.seed}`,
    ...(Number.isFinite(kills) ? [`--kills ${kills}`] : []),
    ...(Number.isFinite(minutes) ? [`--minutes ${minutes}`] : []),
    ...(workers === DEFAULT_WORKERS ? [] : [`--workers ${workers}`]),
    ...(bots === DEFAULT_BOTS ? [] : [`--bots ${bots}`]),
    ...(replicas === DEFAULT_REPLICAS ? [] : [`--replicas ${replicas}`]),
    ...(flags.sparesGateway ? ['--spare-gateway'] : []),
  ].join(' ');
}
