import { hostname } from 'node:os';
import type { Session } from '@popple/shared/messaging/session';
import type { Runner } from '@popple/shared/process/runner';
import type { REST } from 'discord.js';
import { BackgroundPace } from '../backfill/background-pace';
import type { BotConfig } from '../config';
import type { HandleMessage } from '../intake/message-handler';
import type { openBuckets } from '../open-buckets';
import { AliveLine } from './alive-line';
import type { AnyDispatchHandler } from './dispatches/dispatch-table';
import { Gateway, type GatewayOptions } from './gateway';
import { GatewayInformation } from './gateway-information';
import { HeldSessions } from './held-sessions';
import { IdentifyBudget } from './identify-budget';
import { SharedIdentifyLimit } from './identify-limit';
import { makeInstanceId } from './instance';
import { LeaseTable } from './lease-table';
import { LeaseValidity } from './lease-validity';
import type { Ready } from './ready';
import { SessionStore } from './session-record';
import { agreeOnShardCount } from './shard-count';
import { SlotSession } from './slot-session';

export interface OpenGatewayOptions extends Pick<GatewayOptions, 'onBots' | 'onReach'> {
  session: Session;
  rest: REST;
  buckets: Pick<Awaited<ReturnType<typeof openBuckets>>, 'gateway' | 'leases' | 'identify'>;
  botId: string;
  /** How many requests a second this bot may make to Discord. */
  requestsPerSecond(): number;
  /** The handlers of dispatches. */
  handlers: readonly AnyDispatchHandler[];
  /** Handles the messages of a backfill. */
  handleMessage: HandleMessage;
  onReady(data: Ready): void;
}

/**
 * This bot's part of the gateway, which holds nothing before it runs. Waits for as long as Discord cannot be reached.
 * @throws OperatorError when Discord refuses the token or the address is not Discord's API; NatsError when NATS cannot be
 * asked.
 */
export async function openGateway(
  runner: Runner,
  config: BotConfig,
  options: OpenGatewayOptions,
): Promise<Gateway> {
  const { session, rest, buckets, botId, requestsPerSecond, onBots, onReach, ...handling } = options;
  const information = new GatewayInformation({ rest, apiUrl: config.DISCORD_API_URL, runner });
  const gateway = await information.ask();
  const { shards: recommended, session_start_limit: limit } = gateway;
  const self = makeInstanceId();
  const validity = new LeaseValidity(session.isConnected);
  const store = new SessionStore(buckets.gateway, config.DISCORD_API_URL);
  const shared = {
    runner,
    rest,
    token: config.DISCORD_TOKEN,
    botId,
    store,
    throttler: new SharedIdentifyLimit(buckets.identify, limit.max_concurrency),
    budget: new IdentifyBudget(information, runner.log),
    gateway,
    isLeaseValid: () => validity.isValid,
    backgroundPace: new BackgroundPace(requestsPerSecond),
    limits: { maxAgeMs: config.BACKFILL_MAX_AGE, maxMessages: config.BACKFILL_MAX_MESSAGES },
    ...handling,
  };
  return new Gateway({
    runner,
    bucket: buckets.gateway,
    self,
    alive: await AliveLine.open({ connection: session.connection, self }),
    isConnected: session.isConnected,
    leases: new LeaseTable(buckets.leases, self),
    validity,
    sessions: new HeldSessions({
      runner,
      store,
      open: (slot, record) => new SlotSession({ ...shared, slot, record }),
    }),
    about: `${hostname()} pid ${process.pid}`,
    shardCount: await agreeOnShardCount(buckets.gateway, config.SHARD_COUNT, recommended),
    replicas: config.SHARD_REPLICAS,
    onBots,
    onReach,
  });
}
