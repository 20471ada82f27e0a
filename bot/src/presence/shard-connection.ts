import {
  type IIdentifyThrottler,
  type SessionInfo,
  WebSocketManager,
  WebSocketShardEvents,
  WebSocketShardStatus,
} from '@discordjs/ws';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import type { Runner } from '@popple/shared/process/runner';
import type { GatewayDispatchPayload, GatewayReadyDispatchData, REST } from 'discord.js';
import { meaningOf } from '../answers/discord-errors';
import { gatewayLatencyMs, identifiesLeft, sessionsResumed, sessionsStarted } from '../metrics';
import { FATAL_CLOSE_CODES } from './close-codes';
import { INTENTS } from './intents';
import { type Slot, slotKey } from './slot';

/** Any code but 1000 and 1001 leaves the session at Discord, to be resumed. */
const RESUMABLE_CLOSE_CODE = 4200;
const UNREACHABLE_PATIENCE_MS = 60_000;
const RETRY_BASE_MS = 1_000;
const RETRY_CAP_MS = 30_000;

export interface ShardConnectionOptions {
  runner: Runner;
  rest: REST;
  token: string;
  slot: Slot;
  /** The session to resume; null to begin a new one. */
  session: SessionInfo | null;
  throttler: IIdentifyThrottler;
  /** A new session has begun: everything said before it is not told. */
  onReady(data: GatewayReadyDispatchData): void;
  onDispatch(payload: GatewayDispatchPayload): void;
  /** How long a session is kept whose gateway cannot be reached, in milliseconds; 60 s unless told otherwise. */
  unreachablePatienceMs?: number;
}

const STATUS_NAMES: Record<WebSocketShardStatus, string> = {
  [WebSocketShardStatus.Idle]: 'not connected',
  [WebSocketShardStatus.Connecting]: 'connecting',
  [WebSocketShardStatus.Resuming]: 'resuming',
  [WebSocketShardStatus.Ready]: 'ready',
};

/**
 * One shard's connection to the gateway, by @discordjs/ws, which reconnects and resumes by itself as Discord's table of
 * close codes asks. What it does not know is that a session may come from, and go to, another process.
 */
export class ShardConnection {
  readonly #options: ShardConnectionOptions;
  readonly #manager: WebSocketManager;
  #session: SessionInfo | null;
  #isWanted = false;
  /** Since when no try to connect has even reached the gateway; undefined while it is reached. */
  #unreachableSinceMs: number | undefined;

  constructor(options: ShardConnectionOptions) {
    this.#options = options;
    this.#session = options.session;
    this.#manager = new WebSocketManager({
      token: options.token,
      rest: options.rest,
      intents: INTENTS,
      shardCount: options.slot.shardCount,
      shardIds: [options.slot.shard],
      buildIdentifyThrottler: () => options.throttler,
      retrieveSessionInfo: () => this.#session,
      updateSessionInfo: (_shardId, info) => {
        // The library forgets the session when it is told to leave and when the gateway cannot be reached. Discord has it
        // still, and what was said meanwhile is told on resuming it.
        if (info === null && (!this.#isWanted || this.#isBrieflyUnreachable())) return;
        this.#session = info;
      },
    });
    this.#listen();
  }

  #listen(): void {
    const { runner, slot, onReady, onDispatch } = this.#options;
    const { log } = runner;
    const about = { slot: slotKey(slot) };
    const manager = this.#manager;
    manager.on(WebSocketShardEvents.Hello, () => {
      this.#unreachableSinceMs = undefined;
    });
    manager.on(WebSocketShardEvents.Ready, (data) => {
      sessionsStarted.inc();
      log.info(about, 'gateway session ready');
      onReady(data);
    });
    manager.on(WebSocketShardEvents.Resumed, () => {
      sessionsResumed.inc();
      log.info(about, 'gateway session resumed');
    });
    manager.on(WebSocketShardEvents.Dispatch, onDispatch);
    manager.on(WebSocketShardEvents.Closed, (code) => {
      const sentence = FATAL_CLOSE_CODES.get(code);
      if (sentence !== undefined) runner.fail(new OperatorError(`${sentence} (gateway close code ${code})`));
      else if (this.#isWanted) log.info({ ...about, code }, 'gateway connection closed; coming back');
    });
    manager.on(WebSocketShardEvents.SocketError, () => {
      this.#unreachableSinceMs ??= Date.now();
      log.warn(about, 'cannot reach the gateway; trying again');
    });
    // A fatal close is reported through its code; without a listener the emitter would throw.
    manager.on(WebSocketShardEvents.Error, (error) => log.warn(about, `gateway: ${error.message}`));
    manager.on(WebSocketShardEvents.HeartbeatComplete, ({ latency }) =>
      gatewayLatencyMs.set({ shard: String(slot.shard) }, latency),
    );
    manager.on(WebSocketShardEvents.Debug, (message) => log.trace(about, message));
  }

  /** For a while only: the address to resume at may be gone for good, and a new session is told another. */
  #isBrieflyUnreachable(): boolean {
    const { unreachablePatienceMs = UNREACHABLE_PATIENCE_MS } = this.#options;
    return (
      this.#unreachableSinceMs !== undefined && Date.now() - this.#unreachableSinceMs < unreachablePatienceMs
    );
  }

  /** Connects, and stays connected until `leave`. Resolves at once; `problem` tells how it goes. */
  enter(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#connect().catch(this.#options.runner.fail);
  }

  async #connect(): Promise<void> {
    const { runner } = this.#options;
    for (let attempt = 0; this.#isWanted; attempt += 1) {
      try {
        const { session_start_limit: limit } = await this.#manager.fetchGatewayInformation(true);
        identifiesLeft.set(limit.remaining);
        await this.#manager.connect();
        return;
      } catch (error) {
        const meaning = meaningOf(error);
        if (meaning !== 'later') throw error;
        const pauseMs = backoffMs(attempt, RETRY_BASE_MS, RETRY_CAP_MS);
        runner.log.warn(`cannot enter the gateway: ${describeError(error)}; trying again in ${pauseMs} ms`);
        await pause(pauseMs, runner.signal);
      }
    }
  }

  /** Disconnects so that the session can be resumed, here or by another process. */
  async leave(): Promise<void> {
    if (!this.#isWanted) return;
    this.#isWanted = false;
    await this.#manager.destroy({ code: RESUMABLE_CLOSE_CODE, reason: 'back soon' });
  }

  /** The session that is open, or was open last and can be resumed. */
  get session(): SessionInfo | null {
    return this.#session;
  }

  /** Undefined when the session is ready, else what it is doing. */
  async problem(): Promise<string | undefined> {
    const status =
      (await this.#manager.fetchStatus()).get(this.#options.slot.shard) ?? WebSocketShardStatus.Idle;
    return status === WebSocketShardStatus.Ready ? undefined : STATUS_NAMES[status];
  }
}
