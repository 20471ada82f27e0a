import type { Server } from 'bun';
import type { Connection } from './gateway/connection';
import type { GatewayFaults } from './gateway/faults';
import type { Gateway } from './gateway/gateway';
import type { ChatPushes } from './local/chat-socket';
import type { LocalApi } from './local/local-api';
import { mayEnter } from './local/origin';
import { ATTACHMENTS_PATH } from './payload/attachment';
import type { RestApi } from './rest/api';
import type { Files } from './world/files';

/** Pages to serve from the same port, such as `{ '/': page }` with an imported HTML file. */
export type PageRoutes = Record<`/${string}`, Bun.HTMLBundle | Response>;

export interface ServeOptions {
  /** 0 (the default) is any free one. */
  readonly port?: number;
  /** Where to listen (default 127.0.0.1). Anywhere else, `allowedHosts` has to name what it is reached by. */
  readonly hostname?: string;
  /** Names, beside the loopback ones, under which requests may come in: the service's name among containers. */
  readonly allowedHosts?: readonly string[];
  readonly routes?: PageRoutes;
  /** Bundles pages anew as they change, for those who work on them. */
  readonly development?: boolean;
}

/** What a request may be for. */
export interface Handlers {
  readonly rest: RestApi;
  readonly local: LocalApi;
  readonly gateway: Gateway;
  readonly gatewayFaults: GatewayFaults;
  readonly files: Files;
  readonly pushes: ChatPushes;
}

type SocketData = { readonly kind: 'chat' } | GatewaySocketData;

interface GatewaySocketData {
  readonly kind: 'gateway';
  readonly gatewayUrl: string;
  readonly version: string | null;
  connection: Connection | null;
}

/** What may wait for a client that does not read; then it is cut off, and can resume. */
const MAX_UNREAD_BYTES = 64 * 1024 * 1024;

const GATEWAY_PATH = '/gateway';

/** Serves everything on one port. Raises Bun's error when the port is taken. */
export function serve(handlers: Handlers, options: ServeOptions): Server<unknown> {
  const { allowedHosts = [] } = options;
  const { gateway, pushes } = handlers;
  return Bun.serve<SocketData, string>({
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
      return route(handlers, request, server);
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
      close: (socket, code) => {
        const { data } = socket;
        if (data.kind === 'chat') pushes.close(socket);
        else if (data.connection) gateway.closed(data.connection, code);
      },
    },
  });
}

type MaybeResponse = Response | Promise<Response> | undefined;

function route(
  { rest, local, gatewayFaults, files }: Handlers,
  request: Request,
  server: Server<SocketData>,
): MaybeResponse {
  const url = new URL(request.url);
  const { pathname } = url;
  // As the client wrote it: through a proxy or from another container, that is what leads back here.
  const gatewayUrl = `ws://${request.headers.get('host') ?? url.host}${GATEWAY_PATH}`;
  if (pathname.startsWith('/api/')) return rest.handle(request, url, gatewayUrl);
  if (pathname === '/_local/socket') return upgrade(server, request, { kind: 'chat' });
  if (pathname.startsWith(ATTACHMENTS_PATH)) return attachment(files, pathname);
  if (pathname.startsWith('/_local/')) return local.handle(request, url);
  if (pathname !== GATEWAY_PATH && pathname !== `${GATEWAY_PATH}/`) {
    return new Response('Nothing is here.\n', { status: 404 });
  }
  if (gatewayFaults.takeRefusedConnection()) return new Response(null, { status: 503 });
  const encoding = url.searchParams.get('encoding') ?? 'json';
  if (encoding !== 'json') {
    return new Response(`The local Discord speaks encoding=json only, not ${encoding}.\n`, { status: 400 });
  }
  const version = url.searchParams.get('v');
  return upgrade(server, request, { kind: 'gateway', gatewayUrl, version, connection: null });
}

/** A file as Discord's CDN serves it. It is whatever somebody uploaded, so no page may run it. */
function attachment(files: Files, pathname: string): Response {
  const [id = ''] = pathname.slice(ATTACHMENTS_PATH.length).split('/');
  const file = files.find(id);
  if (!file) return new Response('This file is no longer here.\n', { status: 404 });
  return new Response(file.bytes, {
    headers: {
      'content-type': file.attachment.contentType,
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    },
  });
}

function upgrade(server: Server<SocketData>, request: Request, data: SocketData): Response | undefined {
  if (server.upgrade(request, { data })) return undefined;
  return new Response('A websocket is expected here.\n', { status: 426 });
}
