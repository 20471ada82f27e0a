import {
  type SessionInfo,
  WebSocketManager,
  WebSocketShardEvents,
  WebSocketShardStatus,
} from '@discordjs/ws';
import type { Log } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import type { Runner } from '@popple/shared/process/runner';
import {
  type APIUser,
  GatewayDispatchEvents,
  type GatewayDispatchPayload,
  type GatewayMessageCreateDispatchData,
  type REST,
} from 'discord.js';
import { gatewayLatencyMs } from '../metrics';
import { FATAL_CLOSE_CODES } from './close-codes';
import { INTENTS } from './intents';

/** Any code but 1000 and 1001 leaves the session at Discord, to be resumed. */
const RESUMABLE_CLOSE_CODE = 4200;

export interface GatewayOptions {
  rest: REST;
  token: string;
  /** Called at every READY with who the bot is. */
  onReady(user: APIUser): void;
  onMessage(message: GatewayMessageCreateDispatchData): void;
}

/** The connection to Discord's gateway. */
export interface Gateway {
  /** Connects, or comes back after `leave`. Resolves when the session is ready or resumed. */
  enter(): Promise<void>;
  /** Disconnects so that what is said meanwhile is told on return. */
  leave(): Promise<void>;
  /** Undefined when every shard is ready, else what it is doing. */
  problem(): Promise<string | undefined>;
}

const STATUS_NAMES: Record<WebSocketShardStatus, string> = {
  [WebSocketShardStatus.Idle]: 'not connected',
  [WebSocketShardStatus.Connecting]: 'connecting',
  [WebSocketShardStatus.Resuming]: 'resuming',
  [WebSocketShardStatus.Ready]: 'ready',
};

function watch(manager: WebSocketManager, log: Log, runner: Runner): void {
  manager.on(WebSocketShardEvents.Resumed, (shardId) => log.info({ shardId }, 'gateway session resumed'));
  manager.on(WebSocketShardEvents.Closed, (code, shardId) => {
    const sentence = FATAL_CLOSE_CODES.get(code);
    if (sentence !== undefined) runner.fail(new OperatorError(`${sentence} (gateway close code ${code})`));
    else log.info({ shardId, code }, 'gateway connection closed');
  });
  // A fatal close is reported through its code; this listener keeps the emitter from throwing for want of one.
  manager.on(WebSocketShardEvents.Error, (error, shardId) =>
    log.warn({ shardId }, `gateway: ${error.message}`),
  );
  manager.on(WebSocketShardEvents.SocketError, (_error, shardId) =>
    log.warn({ shardId }, 'gateway socket error'),
  );
  manager.on(WebSocketShardEvents.HeartbeatComplete, ({ latency }, shardId) =>
    gatewayLatencyMs.set({ shard: String(shardId) }, latency),
  );
  manager.on(WebSocketShardEvents.Debug, (message, shardId) => log.trace({ shardId }, message));
}

/** Prepares the gateway; nothing is connected before `enter`. Fatal close codes fail the runner with what to mend. */
export function openGateway(runner: Runner, options: GatewayOptions): Gateway {
  const { log } = runner;
  const sessions = new Map<number, SessionInfo>();
  const manager = new WebSocketManager({
    token: options.token,
    rest: options.rest,
    intents: INTENTS,
    retrieveSessionInfo: (shardId) => sessions.get(shardId) ?? null,
    updateSessionInfo: (shardId, info) => {
      if (info !== null) sessions.set(shardId, info);
      // Leaving writes null too, and must not forget the session that is to be resumed.
      else if (!leaving) sessions.delete(shardId);
    },
  });
  let leaving = false;
  watch(manager, log, runner);
  manager.on(WebSocketShardEvents.Ready, (data, shardId) => {
    log.info({ shardId, user: data.user.username }, 'gateway session ready');
    options.onReady(data.user);
  });
  manager.on(WebSocketShardEvents.Dispatch, (payload: GatewayDispatchPayload) => {
    if (payload.t === GatewayDispatchEvents.MessageCreate) options.onMessage(payload.d);
  });
  return {
    enter: async () => {
      leaving = false;
      await manager.connect();
    },
    leave: async () => {
      leaving = true;
      await manager.destroy({ code: RESUMABLE_CLOSE_CODE, reason: 'back soon' });
    },
    problem: async () => {
      const statuses = await manager.fetchStatus();
      if (statuses.size === 0) return 'not connected';
      const late = [...statuses].filter(([, status]) => status !== WebSocketShardStatus.Ready);
      if (late.length === 0) return undefined;
      return late.map(([shardId, status]) => `shard ${shardId} is ${STATUS_NAMES[status]}`).join(', ');
    },
  };
}
