import {
  DefaultWebSocketManagerOptions,
  type FetchingStrategyOptions,
  type IContextFetchingStrategy,
  type SessionInfo,
  WebSocketShard,
  WebSocketShardEvents,
  WebSocketShardStatus,
} from '@discordjs/ws';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import type { APIGatewayBotInfo, GatewayDispatchPayload, GatewayReadyDispatchData } from 'discord.js';
import { gatewayLatencyMs, sessionsResumed, sessionsStarted } from '../../metrics';
import { slotKey } from '../leases/slot';
import { FATAL_CLOSE_CODES } from './close-codes';
import { intentsFor } from './intents';
import { never, ShardTurns, type ShardTurnsOptions } from './shard-turns';

/** @see https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1 */
const NO_CLOSE_FRAME = 1006;

/** Any code but 1000 and 1001 leaves the session at Discord, to be resumed. */
const RESUMABLE_CLOSE = [4200, 'back soon'] as const;
const UNREACHABLE_PATIENCE_MS = 60_000;

/** How long disconnecting waits for the other end to close too. */
const CLOSE_PATIENCE_MS = 2_000;

export interface ShardConnectionOptions extends ShardTurnsOptions {
  token: string;
  /** What Discord is asked to send; with the text of all messages when left out. */
  intents?: number;
  /** The session to resume; null to begin a new one. */
  session: SessionInfo | null;
  /** Where the gateway is, by Discord's response when the process began. */
  gateway: APIGatewayBotInfo;
  /** A new session has begun: nothing written before it is sent. */
  onReady(data: GatewayReadyDispatchData): void;
  onDispatch(payload: GatewayDispatchPayload): void;
  /** How long a session is kept whose gateway cannot be reached, in milliseconds; 60 s when left out. */
  unreachablePatienceMs?: number;
}

const STATUS_NAMES: Record<WebSocketShardStatus, string> = {
  [WebSocketShardStatus.Idle]: 'not connected',
  [WebSocketShardStatus.Connecting]: 'connecting',
  [WebSocketShardStatus.Resuming]: 'resuming',
  [WebSocketShardStatus.Ready]: 'ready',
};

/** The library keeps its websocket to itself, and with it Discord's reasons, and connections that it forgets to close. */
function socketOf(shard: WebSocketShard): Bun.WebSocket | null {
  return (shard as unknown as { connection: Bun.WebSocket | null }).connection;
}

/** From `connect` to `disconnect`: one WebSocketShard, which connects as often as it needs to, and never again afterwards. */
interface ShardRun {
  readonly shard: WebSocketShard;
  /** Aborted by `disconnect`. */
  readonly signal: AbortSignal;
  readonly end: () => void;
  /** Whether the shard has connected before. */
  hasConnected: boolean;
  /** Whether the shard is about to connect, and waits for its turn. */
  isConnecting: boolean;
  /** How the last connection ended, for people. */
  ending: string | undefined;
}

/**
 * One shard's connection to the gateway, by the WebSocketShard of @discordjs/ws, which reconnects and resumes by itself as
 * Discord's table of close codes asks. It has no notion of a session that comes from, or goes to, another process.
 *
 * The library connects again 500 ms after a connection ended, whatever has happened since, `destroy` included. Just
 * before, it asks for the session (`retrieveSessionInfo`); that is where it is made to wait: for a pause that grows, for
 * an IDENTIFY that may be spent, or indefinitely once the slot is not wanted any more. WebSocketManager is not used: it
 * refuses to resume when no IDENTIFY is left for the day.
 */
export class ShardConnection {
  readonly #options: ShardConnectionOptions;
  readonly #turns: ShardTurns;
  #session: SessionInfo | null;
  #run: ShardRun | undefined;
  /** Since when no try to connect has even reached the gateway; undefined while it is reached. */
  #unreachableSinceMs: number | undefined;

  constructor(options: ShardConnectionOptions) {
    this.#options = options;
    this.#turns = new ShardTurns(options);
    this.#session = options.session;
  }

  /** Connects, and stays connected until `disconnect`. Returns immediately; `problem` has how it goes. */
  connect(): void {
    if (this.#run !== undefined) return;
    const { token, slot, gateway, intents = intentsFor(true) } = this.#options;
    const abort = new AbortController();
    const options: FetchingStrategyOptions & { gatewayInformation: APIGatewayBotInfo } = {
      ...DefaultWebSocketManagerOptions,
      token,
      intents,
      shardCount: slot.shardCount,
      gatewayInformation: gateway,
    };
    const strategy: IContextFetchingStrategy = {
      options,
      retrieveSessionInfo: async () => {
        if (run.signal.aborted) return never();
        if (run.shard.status !== WebSocketShardStatus.Idle || run.isConnecting) return this.#session;
        run.isConnecting = true;
        const ending = run.hasConnected ? (run.ending ?? 'no reason known') : undefined;
        run.ending = undefined;
        run.hasConnected = true;
        const hasSession = () => this.#session !== null;
        const gatewayInformation = await this.#turns.toConnect({ ending, hasSession }, run.signal);
        run.isConnecting = false;
        if (gatewayInformation !== undefined) options.gatewayInformation = gatewayInformation;
        if (run.signal.aborted) return never();
        // The library makes the websocket right after it has the session.
        setTimeout(() => {
          // Disconnected in between: `disconnect` has not seen this websocket, and nothing else would ever close it.
          if (run.signal.aborted) socketOf(run.shard)?.close(...RESUMABLE_CLOSE);
          else this.#watchClose(run);
        }, 0);
        return this.#session;
      },
      updateSessionInfo: (_shardId, info) => {
        // The library forgets the session when it is destroyed and when the gateway cannot be reached. Discord has it
        // still, and sends what was written meanwhile when it is resumed.
        if (run.signal.aborted || (info === null && this.#isBrieflyUnreachable())) return;
        this.#session = info;
      },
      waitForIdentify: (_shardId, signal) => this.#turns.toIdentify(signal, run.signal),
    };
    const run: ShardRun = {
      shard: new WebSocketShard(strategy, slot.shard),
      signal: abort.signal,
      end: () => abort.abort(),
      hasConnected: false,
      isConnecting: false,
      ending: undefined,
    };
    this.#run = run;
    this.#listen(run);
    // It rejects with what the shard emits as an error, which `#listen` receives too.
    run.shard.connect().catch(() => undefined);
  }

  #listen(run: ShardRun): void {
    const { runner, slot, onReady, onDispatch } = this.#options;
    const { log } = runner;
    const { shard, signal } = run;
    const about = { slot: slotKey(slot) };
    shard.on(WebSocketShardEvents.Hello, () => {
      this.#unreachableSinceMs = undefined;
    });
    shard.on(WebSocketShardEvents.Ready, (data) => {
      if (signal.aborted) return;
      this.#turns.ready();
      sessionsStarted.inc();
      log.info(about, 'gateway session ready');
      onReady(data);
    });
    shard.on(WebSocketShardEvents.Resumed, () => {
      if (signal.aborted) return;
      this.#turns.ready();
      sessionsResumed.inc();
      log.info(about, 'gateway session resumed');
    });
    // Also after `disconnect`: the session is resumed after what was received before it.
    shard.on(WebSocketShardEvents.Dispatch, onDispatch);
    shard.on(WebSocketShardEvents.Closed, (code) => {
      if (signal.aborted) return;
      run.ending ??= `closed with code ${code}`;
      const sentence = FATAL_CLOSE_CODES.get(code);
      if (sentence !== undefined) runner.fail(new OperatorError(`${sentence} (gateway close code ${code})`));
    });
    shard.on(WebSocketShardEvents.SocketError, (error) => {
      this.#unreachableSinceMs ??= Date.now();
      run.ending ??= error?.message;
    });
    // A fatal close is reported through its code; without a listener the emitter would throw.
    shard.on(WebSocketShardEvents.Error, (error) => log.warn(about, `gateway: ${error.message}`));
    shard.on(WebSocketShardEvents.HeartbeatComplete, ({ latency }) =>
      gatewayLatencyMs.set({ shard: String(slot.shard) }, latency),
    );
    shard.on(WebSocketShardEvents.Debug, (message) => log.trace(about, message));
  }

  /** The library emits the code of a close, and not Discord's reason beside it. */
  #watchClose(run: ShardRun): void {
    socketOf(run.shard)?.addEventListener('close', ({ code, reason }) => {
      // 1006: there was no close frame, which an error emitted before explains.
      if (code === NO_CLOSE_FRAME && run.ending !== undefined) return;
      run.ending = `closed with code ${code}${reason === '' ? '' : `: ${reason}`}`;
    });
  }

  /** For a while only: the address to resume at may be gone for good, and a new session gets another. */
  #isBrieflyUnreachable(): boolean {
    const { unreachablePatienceMs = UNREACHABLE_PATIENCE_MS } = this.#options;
    return (
      this.#unreachableSinceMs !== undefined && Date.now() - this.#unreachableSinceMs < unreachablePatienceMs
    );
  }

  /**
   * Disconnects so that the session can be resumed, here or by another process. Waits for the other end to close, for 2 s
   * at most; then the connection is cut.
   */
  async disconnect(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    this.#turns.disconnected();
    run.end();
    const socket = socketOf(run.shard);
    if (socket === null || socket.readyState === socket.CLOSED) return;
    const patience = new AbortController();
    socket.addEventListener('close', () => patience.abort());
    // It may never resolve: a shard that waits for HELLO or READY takes being destroyed for a failure of what it waits for.
    const destroyed = run.shard.destroy({ code: RESUMABLE_CLOSE[0], reason: RESUMABLE_CLOSE[1] });
    destroyed.catch(this.#options.runner.fail);
    // A websocket that is not open yet is left to itself by the library.
    if (socket.readyState === socket.CONNECTING) socket.close(...RESUMABLE_CLOSE);
    await pause(CLOSE_PATIENCE_MS, patience.signal);
    if (!patience.signal.aborted) socket.terminate();
  }

  /** The session that is open, or was open last and can be resumed. */
  get session(): SessionInfo | null {
    return this.#session;
  }

  /** Undefined when the session is ready, else what it is doing. */
  problem(): string | undefined {
    const status = this.#run?.shard.status ?? WebSocketShardStatus.Idle;
    if (status === WebSocketShardStatus.Ready) return undefined;
    const why = this.#turns.waiting ?? (this.#session === null ? this.#options.budget.problem : undefined);
    return why === undefined ? STATUS_NAMES[status] : `${STATUS_NAMES[status]} (${why})`;
  }
}
