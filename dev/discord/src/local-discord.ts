import { Faults } from './faults/faults';
import { RestFaults } from './faults/rest-faults';
import { GatewayFaults } from './gateway/faults';
import { Gateway } from './gateway/gateway';
import { type SessionStatus, sessionStatuses } from './gateway/status';
import { chatRoutes } from './local/chat-routes';
import { ChatPushes } from './local/chat-socket';
import { controlRoutes } from './local/control-routes';
import { interactionRoutes } from './local/interaction-routes';
import { LocalApi } from './local/local-api';
import { ServicesBoard } from './local/services-board';
import { Records } from './records';
import { RestApi } from './rest/api';
import { type ServeOptions, serve } from './server';
import { changeSettings, DEFAULT_SETTINGS, type Settings, type SettingsInput } from './settings';
import { BOT_ID, defaultWorld, emptyWorld } from './world/default-world';
import { StateFile } from './world/state-file';
import { World } from './world/world';

export interface LocalDiscordOptions extends ServeOptions, SettingsInput {
  /** Worlds and messages survive a restart in this SQLite file. Without it, nothing is kept. */
  readonly stateFile?: string;
  /** What there is at first: two servers with people in them (the default), or nothing but the bot. */
  readonly seed?: 'default' | 'empty';
  /** What bots reach files by, where that is not the loopback address: an origin, such as `http://discord:8080`. */
  readonly publicUrl?: string;
  /** Messages kept per channel (default 100,000). */
  readonly historyLimit?: number;
}

/** A running local Discord. */
export interface LocalDiscord {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** What `DISCORD_API_URL` has to be. */
  readonly apiUrl: string;
  readonly port: number;
  readonly token: string;
  readonly world: World;
  readonly faults: Faults;
  readonly records: Records;
  /** The gateway sessions there are now, connected or waiting to be resumed. */
  sessions(): SessionStatus[];
  /** How many gateway connections are open, whether or not a session belongs to them. */
  readonly connections: number;
  /** May be changed while it runs, with `changeSettings`. */
  readonly settings: Settings;
  /** Cuts every connection, writes the state, and frees the port. May be called again. */
  stop(): Promise<void>;
}

const DEFAULT_HISTORY_LIMIT = 100_000;

/**
 * Starts a stand-in for Discord: the gateway and REST API as the real libraries speak them, and beside them what the
 * chat page and tests need, on one port.
 *
 * Raises `ZodError` for a setting that cannot be, `StateFileError` for a state file that cannot be used, and Bun's
 * error when the port is taken.
 */
export async function startLocalDiscord(options: LocalDiscordOptions = {}): Promise<LocalDiscord> {
  const settings: Settings = { ...DEFAULT_SETTINGS };
  changeSettings(settings, options);
  const { stateFile, historyLimit = DEFAULT_HISTORY_LIMIT, seed = 'default' } = options;

  const state = stateFile === undefined ? null : new StateFile(stateFile);
  const snapshot = state?.load(historyLimit) ?? (seed === 'default' ? defaultWorld() : emptyWorld());
  const world = new World(BOT_ID, snapshot, {
    historyLimit,
    nonceWindowMs: () => settings.nonceWindowMs,
    interactions: {
      deadlineMs: () => settings.interactionDeadlineMs,
      tokenMs: () => settings.interactionTokenMs,
    },
  });
  state?.follow(world);

  const records = new Records();
  const gateway = new Gateway(world, settings, records);
  const restFaults = new RestFaults();
  const faults = new Faults(new GatewayFaults(gateway), restFaults, settings);
  const { identifyLimit } = gateway.context;
  const rest = new RestApi(
    { world, settings, identifyLimit, interactionFaults: faults.interactions },
    restFaults,
    records,
  );
  const board = new ServicesBoard();
  const pushes = new ChatPushes(world, board);
  const local = new LocalApi([
    ...chatRoutes(world, board),
    ...interactionRoutes(world),
    ...controlRoutes({ world, settings, faults, records, gateway }),
  ]);

  const handlers = { rest, local, gateway, gatewayFaults: faults.gateway, files: world.files, pushes };
  const server = serveOrUndo(() => serve(handlers, options), state);

  let stopping: Promise<void> | null = null;
  async function stop(): Promise<void> {
    world.interactions.stop();
    gateway.stop();
    pushes.stop();
    board.stop();
    await server.stop(true);
    state?.close();
  }

  const url = `http://127.0.0.1:${server.port}`;
  world.files.baseUrl = options.publicUrl ?? url;
  return {
    url,
    apiUrl: `${url}/api`,
    port: server.port ?? 0,
    token: settings.token,
    world,
    faults,
    records,
    settings,
    sessions: () => sessionStatuses(gateway),
    get connections() {
      return gateway.connections.size;
    },
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** When the server does not come up, the state file is let go of, so that one may try again. */
function serveOrUndo<T>(serveIt: () => T, state: StateFile | null): T {
  try {
    return serveIt();
  } catch (error) {
    state?.close();
    throw error;
  }
}
