import { hostname } from 'node:os';
import type { JetStream } from '@popple/shared/messaging/jetstream';
import type { Runner } from '@popple/shared/process/runner';
import type { REST } from 'discord.js';
import { BackgroundPace } from '../backfill/background-pace';
import type { GuildView } from '../backfill/guild';
import type { BotConfig } from '../config';
import type { HandleMessage } from '../intake/message-handler';
import type { openBuckets } from '../open-buckets';
import { GatewayInformation } from './connection/gateway-information';
import { IdentifyBudget } from './connection/identify-budget';
import { SharedIdentifyLimit } from './connection/identify-limit';
import { intentsFor } from './connection/intents';
import type { Ready } from './connection/ready';
import type { AnyDispatchHandler } from './dispatches/dispatch-table';
import { Gateway, type GatewayOptions } from './gateway';
import { AliveLine } from './leases/alive-line';
import { makeInstanceId } from './leases/instance';
import { LeaseTable } from './leases/lease-table';
import { LeaseValidity } from './leases/lease-validity';
import { agreeOnShardCount } from './leases/shard-count';
import { HeldSessions } from './sessions/held-sessions';
import { SessionStore } from './sessions/session-record';
import { SlotSession } from './sessions/slot-session';

export interface OpenGatewayOptions extends Pick<GatewayOptions, 'onBots' | 'onReach'> {
  jetstream: JetStream;
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
  /** A server has come. */
  onGuild(guild: GuildView): void;
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
  const { jetstream, rest, buckets, botId, requestsPerSecond, onBots, onReach, ...handling } = options;
  const information = new GatewayInformation({ rest, apiUrl: config.DISCORD_API_URL, runner });
  const gateway = await information.ask();
  const { shards: recommended, session_start_limit: limit } = gateway;
  const self = makeInstanceId();
  const validity = new LeaseValidity(jetstream.isConnected);
  const intents = intentsFor(config.MESSAGE_CONTENT);
  const store = new SessionStore(buckets.gateway, config.DISCORD_API_URL, intents);
  const shared = {
    runner,
    rest,
    token: config.DISCORD_TOKEN,
    intents,
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
    alive: await AliveLine.open({ connection: jetstream.connection, self }),
    isConnected: jetstream.isConnected,
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
