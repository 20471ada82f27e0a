import { freePortFrom } from '@popple/embedded/free-port';
import { identify } from '@popple/embedded/process-identity';
import { writeAddressesFile } from './addresses-file';
import { type DataFolders, dataFolders, prepareDataFolders } from './data-folders';
import { startNatsServer, startPostgresServer } from './embedded-servers';
import type { Interruption } from './interruption';
import { startLocalDiscord } from './local-discord';
import { migrate } from './migrate';
import type { DevFlags } from './options';
import { probedProgram } from './program';
import type { RunFile } from './run-file';
import type { Screen } from './screen';
import { keepRunning, type Service, type ServiceOptions } from './service';
import { type Addresses, botEnvironment, isSet, svcEnvironment } from './service-environment';
import { reportServices } from './services-report';

/** What `bun run dev` is run with. */
export interface DevOptions {
  /** The checkout. */
  readonly root: string;
  readonly flags: DevFlags;
  readonly env: Record<string, string | undefined>;
  readonly screen: Screen;
  readonly interruption: Interruption;
  /** The program of the local Discord, relative to the root. */
  readonly localDiscordProgram?: string;
}

const localToken = 'local-discord-token';

/** What runs after the start. */
export interface Started {
  readonly svc: Service;
  readonly bot: Service;
  readonly discord: Service | undefined;
  readonly chatUrl: string | undefined;
  readonly addresses: Addresses;
  readonly folders: DataFolders;
}

/**
 * Starts everything in the order in which it depends on each other, and adds to `services` what is to be stopped at the end,
 * and to `undo` what is to be done after that.
 * Raises what kept something from starting, or the signal's reason once it is interrupted.
 */
export async function startAll(
  o: DevOptions,
  runFile: RunFile,
  services: Service[],
  undo: (() => void)[],
): Promise<Started> {
  const { screen, env } = o;
  const { signal } = o.interruption;
  const isReal = isSet(env, 'DISCORD_TOKEN');
  const discordKind = isReal ? 'real' : 'local';
  if (o.flags.fresh) screen.say('deleting the data of earlier runs (--fresh)');
  prepareDataFolders(o.root, discordKind, o.flags.fresh);
  const folders = dataFolders(o.root, discordKind);
  screen.say('starting …');
  const supervise = (options: ServiceOptions, stopSignal: 'SIGTERM' | 'SIGINT' = 'SIGTERM') => {
    const service = keepRunning({
      ...options,
      onStart: ({ pid }) => {
        const identity = identify(pid);
        if (identity) runFile.add({ name: options.name, ...identity, signal: stopSignal });
      },
      onExit: () => runFile.remove(options.name),
    });
    // Interrupted while it was being started: it is not in the list that is being stopped.
    if (signal.aborted) void service.stop();
    services.push(service);
    return service;
  };

  const logs = { screen, verbose: env.LOG_LEVEL === 'debug' || env.LOG_LEVEL === 'trace' };
  const say = screen.say;
  const startNats = async () => {
    if (isSet(env, 'NATS_URL')) return screen.done('NATS: the one that NATS_URL names');
    const { server, restart, about } = await startNatsServer(folders.nats, logs);
    supervise({ name: 'nats', running: server, start: restart, say: quietReady(say) });
    screen.done(about);
    return server.url;
  };
  const startPostgres = async () => {
    if (isSet(env, 'DATABASE_URL')) return screen.done('Postgres: the one that DATABASE_URL names');
    const { server, url, restart, about } = await startPostgresServer(folders.postgres, logs);
    supervise({ name: 'postgres', running: server, start: restart, say: quietReady(say) }, 'SIGINT');
    screen.done(about);
    return url;
  };
  const startDiscord = async () => {
    if (isReal) return screen.done('Discord: the real one, with the token of DISCORD_TOKEN');
    const start = (port: number) =>
      startLocalDiscord({
        root: o.root,
        program: o.localDiscordProgram ?? 'dev/discord/src/main.ts',
        port,
        stateFile: folders.discordState,
        token: localToken,
        env,
        onLine: (line) => screen.log('discord', line),
      });
    const { running, address } = await start(await freePortFrom(o.flags.port));
    const port = Number(new URL(address.url).port);
    const restart = async () => (await start(port)).running;
    const service = supervise({ name: 'discord', running, start: restart, say: quietReady(say) });
    screen.done(`local Discord on ${address.url}`);
    return { service, address };
  };
  const [natsUrl, databaseUrl, discord] = await allOrFirstError(startNats(), startPostgres(), startDiscord());
  signal.throwIfAborted();
  const addresses: Addresses = {
    natsUrl: natsUrl ?? undefined,
    databaseUrl: databaseUrl ?? undefined,
    discord: discord ? { token: localToken, apiUrl: discord.address.apiUrl } : undefined,
  };
  if (discord) {
    runFile.setUrl(discord.address.url);
    undo.push(reportServices({ url: discord.address.url, services }));
  }
  undo.push(writeAddressesFile(folders.addresses, addresses));
  await migrate(o, addresses);
  screen.done('database migrated');
  signal.throwIfAborted();

  const program = (name: 'bot' | 'svc', serviceEnv: Record<string, string | undefined>) =>
    supervise({
      name,
      start: probedProgram({
        root: o.root,
        program: `${name}/src/main.ts`,
        env: serviceEnv,
        onLine: (line) => screen.log(name, line),
      }),
      say,
    });
  const svc = program('svc', svcEnvironment(env, addresses));
  const bot = program('bot', botEnvironment(env, addresses));
  return { svc, bot, discord: discord?.service, chatUrl: discord?.address.url, addresses, folders };
}

// All have settled when this does: what was started late must be in the list of what is to be stopped.
async function allOrFirstError<A, B, C>(a: Promise<A>, b: Promise<B>, c: Promise<C>): Promise<[A, B, C]> {
  await Promise.allSettled([a, b, c]);
  return Promise.all([a, b, c]);
}

// The start reports the servers' first readiness itself.
function quietReady(say: (text: string) => void): (text: string) => void {
  let first = true;
  return (text) => {
    if (!first || !text.endsWith('is ready')) say(text);
    first = false;
  };
}
