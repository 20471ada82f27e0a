import { type LocalDiscord, startLocalDiscord } from '@popple/local-discord/local-discord';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type OwnPostgres, ownPostgres } from '@popple/testing/own-postgres';
import { testDatabase } from '@popple/testing/postgres';
import { startTcpProxy, type TcpProxy } from '@popple/testing/tcp-proxy';
import type { Timeline } from '@popple/testing/timeline';
import { until } from '@popple/testing/until';
import postgres from 'postgres';
import type { LinkName } from './fault';
import { Meters } from './meters';
import { Observer } from './observer';
import { ProcessSupervisor } from './process-supervisor';
import { buildTopology, FULL_SUBJECT, MOST_KARMA, type Topology } from './topology';

export interface StageOptions {
  /** How many svc processes share the work. */
  readonly workers: number;
  readonly bots: number;
  /** On how many bots each shard is read at once (1 when left out). */
  readonly replicas?: number;
  readonly timeline: Timeline;
  /** Variables for svc and bot beside the addresses. */
  readonly svcEnvironment?: Readonly<Record<string, string>>;
  readonly botEnvironment?: Readonly<Record<string, string>>;
  /** How long Discord remembers a nonce; a little longer than the bot relies on when left out. */
  readonly nonceWindowMs?: number;
}

/** Everything a run consists of: real servers, real bot and svc processes, and proxies between them. */
export interface Stage {
  readonly nats: TestNats;
  readonly postgres: OwnPostgres;
  /** The database, past the proxy. */
  readonly databaseUrl: string;
  /** The proxies on each network path, one of each process. */
  readonly links: Readonly<Record<LinkName, readonly TcpProxy[]>>;
  readonly discord: LocalDiscord;
  readonly topology: Topology;
  readonly workers: readonly ProcessSupervisor[];
  readonly bots: readonly ProcessSupervisor[];
  readonly meters: Meters;
  readonly observer: Observer;
  readonly timeline: Timeline;
  /** How many sessions each shard has when nothing is broken. */
  readonly replicas: number;
  /** How many times Discord received a nonce that it knew. */
  knownNonces(): number;
  /** Starts svc and bot. */
  start(): Promise<void>;
  /** Ends all of it and removes its data. */
  stop(): Promise<void>;
}

const COMMON_ENVIRONMENT = {
  STREAM_MAX_AGE: '6h',
  STREAM_MAX_BYTES: '268435456',
  LOG_LEVEL: 'info',
  // What holds in guilds that choose nothing.
  RULES_PRESET: 'default',
};

/** Discord documents "the past few minutes"; less, so that the run detects a bot that relies on all of them. */
export const NONCE_WINDOW_MS = 75_000;

/** Over how many shards the guilds are spread, so that leases matter. */
export const SHARDS = 4;

const QUICK_DISCORD = {
  seed: 'empty',
  // Bots die and come back faster than any operator would start them.
  identifyIntervalMs: 50,
  // A connection that went silent is noticed in seconds, as other faults are, and not in a minute and a half.
  heartbeatIntervalMs: 5_000,
  sessionStartsPerDay: 1_000_000,
  // As the API's schema allows, and other servers do.
  oddities: ['tags-everywhere'] as 'tags-everywhere'[],
  // Every shard may identify at once.
  maxConcurrency: SHARDS,
  rateLimits: { messages: { limit: 25, perMs: 1_000 }, reactions: { limit: 5, perMs: 1_000 } },
} as const;

/** Makes the subjects whose karma cannot be raised any more. */
async function raiseMountains(databaseUrl: string, topology: Topology): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    for (const { guildId, profile } of topology.places) {
      if (profile !== 'curious') continue;
      await sql`insert into karma (guild_id, subject, display, karma)
        values (${guildId}, ${FULL_SUBJECT}, ${FULL_SUBJECT}, ${MOST_KARMA})`;
    }
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function countKnownNonces({ world }: LocalDiscord): () => number {
  let count = 0;
  const find = world.messageByNonce;
  world.messageByNonce = (...nonce) => {
    const message = find(...nonce);
    if (message) count += 1;
    return message;
  };
  return () => count;
}

/** Opens a stage: every server runs and is empty, every proxy forwards; svc and bot are not started yet. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { timeline, nonceWindowMs = NONCE_WINDOW_MS, replicas = 1 } = options;
  await using cleanups = new AsyncDisposableStack();
  const [server, nats] = await Promise.all([ownPostgres(), testNats()]);
  cleanups.use(server);
  cleanups.use(nats);
  const { url: databaseUrl } = await testDatabase(server.url);
  const discord = await startLocalDiscord({
    ...QUICK_DISCORD,
    nonceWindowMs,
  });
  cleanups.defer(() => discord.stop());
  const topology = buildTopology(discord.world);
  await raiseMountains(databaseUrl, topology);

  const pathsTo = (target: string, count: number): Promise<TcpProxy[]> =>
    Promise.all(Array.from({ length: count }, async () => cleanups.use(await startTcpProxy({ target }))));
  const links = {
    'svc-nats': await pathsTo(nats.url, options.workers),
    'svc-postgres': await pathsTo(databaseUrl, options.workers),
    'bot-nats': await pathsTo(nats.url, options.bots),
    'bot-discord': await pathsTo(discord.url, options.bots),
  };
  const observer = await Observer.open(nats.url);
  cleanups.defer(() => observer.close());
  const meters = new Meters();
  cleanups.defer(() => meters.stop());

  const keep = (
    part: 'svc' | 'bot',
    index: number,
    environment: Record<string, string>,
  ): ProcessSupervisor => {
    const supervisor = new ProcessSupervisor({
      part,
      name: `${part} ${index}`,
      environment: { ...COMMON_ENVIRONMENT, ...environment },
      timeline,
      onStart: (process) => meters.watch(process),
      beforeKill: (process) => meters.read(process),
    });
    cleanups.defer(() => supervisor.stop());
    return supervisor;
  };
  const workers = links['svc-nats'].map(({ url }, index) =>
    keep('svc', index, {
      NATS_URL: url,
      DATABASE_URL: links['svc-postgres'][index]?.url ?? '',
      ...options.svcEnvironment,
    }),
  );
  const bots = links['bot-nats'].map(({ url }, index) =>
    keep('bot', index, {
      NATS_URL: url,
      // The local Discord names the gateway by the address of the request, so all of a bot's traffic goes through its proxy.
      DISCORD_API_URL: new URL('/api', links['bot-discord'][index]?.url).href,
      DISCORD_TOKEN: discord.token,
      SHARD_COUNT: String(SHARDS),
      // Everything comes back after a volume was lost, also from the channels that were flooded.
      BACKFILL_MAX_MESSAGES: '100000',
      SHARD_REPLICAS: String(replicas),
      ...options.botEnvironment,
    }),
  );

  const cleanup = cleanups.move();
  return {
    nats,
    postgres: server,
    databaseUrl,
    links,
    discord,
    topology,
    workers,
    bots,
    meters,
    observer,
    timeline,
    replicas: Math.min(replicas, options.bots),
    knownNonces: countKnownNonces(discord),
    start: async () => {
      await Promise.all([...workers, ...bots].map((supervisor) => supervisor.start()));
    },
    stop: () => cleanup.disposeAsync(),
  };
}

/**
 * Resolves when every service reports ready and a bot is connected to the gateway: one that was just started may be
 * ready without a slot while its dead predecessor still holds them. @throws when that takes longer than `withinMs`.
 */
export async function everybodyReady(stage: Stage, withinMs: number): Promise<void> {
  const supervisors = [...stage.workers, ...stage.bots];
  let late: string[] = [];
  await until(
    async () => {
      const reasons = await Promise.all(supervisors.map(whyNotReady));
      late = reasons.flatMap((why, index) =>
        why === undefined ? [] : `${supervisors[index]?.name}: ${why}`,
      );
      if (!stage.discord.world.botOnline) late.push('no bot is connected to the gateway');
      return late.length === 0;
    },
    () => `everybody is ready: ${late.join('; ')}`,
    { withinMs, everyMs: 100 },
  );
}

async function whyNotReady(supervisor: ProcessSupervisor): Promise<string | undefined> {
  const { process } = supervisor;
  if (!process) return 'not running';
  try {
    const { ready, dependencies } = await process.readiness();
    return ready ? undefined : JSON.stringify(dependencies);
  } catch (error) {
    return String(error);
  }
}
