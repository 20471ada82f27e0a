import type { Server, ServerWebSocket } from 'bun';
import { Faults } from './faults/faults';
import { RestFaults } from './faults/rest-faults';
import type { Connection } from './gateway/connection';
import { GatewayFaults } from './gateway/faults';
import { Gateway } from './gateway/gateway';
import { chatRoutes } from './local/chat-routes';
import { ChatPushes } from './local/chat-socket';
import { controlRoutes } from './local/control-routes';
import { LocalApi } from './local/local-api';
import { mayEnter } from './local/origin';
import { Records } from './records';
import { RestApi } from './rest/api';
import { changeSettings, DEFAULT_SETTINGS, type Settings, type SettingsInput } from './settings';
import { BOT_ID, defaultWorld, emptyWorld } from './world/default-world';
import { StateFile } from './world/state-file';
import { World } from './world/world';

/** Pages to serve from the same port, such as `{ '/': page }` with an imported HTML file. */
export type PageRoutes = Record<`/${string}`, Bun.HTMLBundle | Response>;

export interface LocalDiscordOptions extends SettingsInput {
  /** 0 (the default) is any free one. */
  readonly port?: number;
  /** Where to listen (default 127.0.0.1). Anywhere else, `allowedHosts` has to name what it is reached by. */
  readonly hostname?: string;
  /** Names, beside the loopback ones, under which requests may come in: the service's name among containers. */
  readonly allowedHosts?: readonly string[];
  /** Worlds and messages survive a restart in this SQLite file. Without it, nothing is kept. */
  readonly stateFile?: string;
  /** What there is at first: two servers with people in them (the default), or nothing but the bot. */
  readonly seed?: 'default' | 'empty';
  /** Messages kept per channel (default 100,000). */
  readonly historyLimit?: number;
  readonly routes?: PageRoutes;
  /** Bundles pages anew as they change, for those who work on them. */
  readonly development?: boolean;
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
  /** May be changed while it runs, with `changeSettings`. */
  readonly settings: Settings;
  /** Cuts every connection, writes the state, and frees the port. */
  stop(): Promise<void>;
}

type SocketData = { readonly kind: 'chat' } | GatewaySocketData;

interface GatewaySocketData {
  readonly kind: 'gateway';
  readonly gatewayUrl: string;
  readonly version: string | null;
  connection: Connection | null;
}

const DEFAULT_HISTORY_LIMIT = 100_000;

/** What may wait for a client that does not read; then it is cut off, and can resume. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

const GATEWAY_PATH = '/gateway';

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
  const { stateFile, historyLimit = DEFAULT_HISTORY_LIMIT, seed = 'default', allowedHosts = [] } = options;

  const state = stateFile === undefined ? null : new StateFile(stateFile);
  const snapshot = state?.load(historyLimit) ?? (seed === 'default' ? defaultWorld() : emptyWorld());
  const world = new World(BOT_ID, snapshot, { historyLimit, nonceWindowMs: () => settings.nonceWindowMs });
  state?.follow(world);

  const records = new Records();
  const gateway = new Gateway(world, settings, records);
  const restFaults = new RestFaults();
  const faults = new Faults(new GatewayFaults(gateway), restFaults, settings);
  const { identifyLimit } = gateway.context;
  const rest = new RestApi({ world, settings, identifyLimit }, restFaults, records);
  const pushes = new ChatPushes(world);
  const local = new LocalApi([
    ...chatRoutes(world),
    ...controlRoutes({ world, settings, faults, records, gateway }),
  ]);

  const server = Bun.serve<SocketData, string>({
    hostname: options.hostname ?? '127.0.0.1',
    port: options.port ?? 0,
    development: options.development ?? false,
    routes: options.routes ?? {},
    // A request may wait for an injected delay; nothing else here is slow.
    idleTimeout: 0,
    fetch: (request, server) => {
      if (!mayEnter(request, allowedHosts)) {
        return new Response('This host or origin may not use the local Discord.\n', { status: 403 });
      }
      const url = new URL(request.url);
      const gatewayUrl = `ws://${request.headers.get('host') ?? url.host}${GATEWAY_PATH}`;
      if (url.pathname.startsWith('/api/')) return rest.handle(request, url, gatewayUrl);
      if (url.pathname.startsWith('/_local/')) {
        if (url.pathname === '/_local/socket') return upgrade(server, request, { kind: 'chat' });
        return local.handle(request, url);
      }
      if (url.pathname === GATEWAY_PATH || url.pathname === `${GATEWAY_PATH}/`) {
        if (faults.gateway.takeRefusedConnection()) return new Response(null, { status: 503 });
        const encoding = url.searchParams.get('encoding') ?? 'json';
        if (encoding !== 'json') {
          return new Response(`The local Discord speaks encoding=json only, not ${encoding}.\n`, {
            status: 400,
          });
        }
        const version = url.searchParams.get('v');
        return upgrade(server, request, { kind: 'gateway', gatewayUrl, version, connection: null });
      }
      return new Response('Nothing is here.\n', { status: 404 });
    },
    websocket: {
      idleTimeout: 0,
      sendPings: false,
      perMessageDeflate: false,
      backpressureLimit: MAX_UNREAD_BYTES,
      closeOnBackpressureLimit: true,
      open: (socket) => {
        const { data } = socket;
        if (data.kind === 'chat') pushes.open(socket);
        else data.connection = gateway.open(socket, data.gatewayUrl, data.version);
      },
      message: ({ data }, message) => {
        if (data.kind === 'gateway') data.connection?.receive(String(message));
      },
      close: (socket, code) => closed(socket, code),
    },
  });

  function closed(socket: ServerWebSocket<SocketData>, code: number): void {
    const { data } = socket;
    if (data.kind === 'chat') pushes.close(socket);
    else if (data.connection) gateway.closed(data.connection, code);
  }

  const url = `http://127.0.0.1:${server.port}`;
  return {
    url,
    apiUrl: `${url}/api`,
    port: server.port ?? 0,
    token: settings.token,
    world,
    faults,
    records,
    settings,
    stop: async () => {
      gateway.stop();
      pushes.stop();
      await server.stop(true);
      state?.close();
    },
  };
}

function upgrade(server: Server<SocketData>, request: Request, data: SocketData): Response | undefined {
  if (server.upgrade(request, { data })) return undefined;
  return new Response('A websocket is expected here.\n', { status: 426 });
}
