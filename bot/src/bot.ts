import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Values } from '@popple/shared/config/environment';
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { openSession, type Session } from '@popple/shared/messaging/session';
import { registry } from '@popple/shared/observability/metrics';
import { serveProbes } from '@popple/shared/observability/probes';
import type { COMMON_VARIABLES, Runner } from '@popple/shared/process/runner';
import type { REST } from 'discord.js';
import { AnswerMemory } from './answers/answer-memory';
import { Answering } from './answers/answering';
import { ClosedChannels } from './answers/closed-channels';
import type { EventLoopContext } from './answers/event-loop';
import { Fleet } from './answers/fleet';
import { Lanes } from './answers/lanes';
import { RequestShare } from './answers/request-share';
import { SaidInChannels } from './answers/said-in-channels';
import { Turns } from './answers/turns';
import { BackgroundPace } from './backfill/background-pace';
import type { BotConfig } from './config';
import { openRest, whoAmI } from './discord-api';
import { AliveLine } from './gateway/alive-line';
import type { AnyDispatchHandler } from './gateway/dispatches/dispatch-table';
import { messageDispatches } from './gateway/dispatches/messages';
import { permissionDispatches } from './gateway/dispatches/permissions';
import { Gateway } from './gateway/gateway';
import { GatewayInformation } from './gateway/gateway-information';
import { IdentifyBudget } from './gateway/identify-budget';
import { SharedIdentifyLimit } from './gateway/identify-limit';
import { makeInstanceId } from './gateway/instance';
import { LeaseTable } from './gateway/lease-table';
import { SessionStore } from './gateway/session-record';
import { agreeOnShardCount } from './gateway/shard-count';
import { SlotSession } from './gateway/slot-session';
import { disconnectWhileFull } from './intake/backpressure';
import { GuildShares, streamRoom } from './intake/guild-shares';
import { LocalReplies } from './intake/local-replies';
import { type HandleMessage, identityOf, makeMessageHandler } from './intake/message-handler';
import { Outbox } from './intake/outbox';
import { ServerManagers } from './intake/server-managers';
import { inviteLink } from './invite';
import { openBuckets } from './open-buckets';

type Config = BotConfig & Values<typeof COMMON_VARIABLES>;

/** How long the outbox waits for the stream's word that it has what was published together. */
const PUB_ACK_TIMEOUT_MS = 5_000;

interface GatewayParts {
  session: Session;
  rest: REST;
  buckets: Awaited<ReturnType<typeof openBuckets>>;
  botId: string;
  share: RequestShare;
  handleMessage: HandleMessage;
  handlers: readonly AnyDispatchHandler[];
  onBots: ConstructorParameters<typeof Gateway>[0]['onBots'];
  onReach: ConstructorParameters<typeof Gateway>[0]['onReach'];
  onReady: ConstructorParameters<typeof SlotSession>[0]['onReady'];
}

async function openGateway(runner: Runner, config: Config, parts: GatewayParts): Promise<Gateway> {
  const { session, rest, buckets, botId, share, handleMessage, onReady, handlers, onBots, onReach } = parts;
  const bucket = buckets.gateway;
  const information = new GatewayInformation({ rest, apiUrl: config.DISCORD_API_URL, runner });
  const info = await information.ask();
  const { shards: recommended, session_start_limit: limit } = info;
  const budget = new IdentifyBudget(information, runner.log);
  const throttler = new SharedIdentifyLimit(buckets.identify, limit.max_concurrency);
  const self = makeInstanceId();
  const store = new SessionStore(bucket, config.DISCORD_API_URL);
  const backgroundPace = new BackgroundPace(() => share.perSecond);
  let gateway: Gateway | undefined;
  const alive = await AliveLine.open({
    connection: session.connection,
    self,
    onChanged: () => gateway?.look(),
    onReconnected: () => gateway?.reconnected(),
  });
  gateway = new Gateway({
    runner,
    bucket,
    store,
    self,
    alive,
    isConnected: session.isConnected,
    leases: new LeaseTable(buckets.leases, self),
    about: `${hostname()} pid ${process.pid}`,
    shardCount: await agreeOnShardCount(bucket, config.SHARD_COUNT, recommended),
    replicas: config.SHARD_REPLICAS,
    onBots,
    onReach,
    open: (slot, record) =>
      new SlotSession({
        runner,
        rest,
        token: config.DISCORD_TOKEN,
        botId,
        slot,
        record,
        store,
        throttler,
        budget,
        gateway: info,
        isSure: () => gateway?.isSure === true,
        backgroundPace,
        handleMessage,
        onReady,
        handlers,
        limits: { maxAgeMs: config.BACKFILL_MAX_AGE, maxMessages: config.BACKFILL_MAX_MESSAGES },
      }),
  });
  return gateway;
}

/** A function that does something at its first call only. */
function once<Argument>(act: (argument: Argument) => void): (argument: Argument) => void {
  let isDone = false;
  return (argument) => {
    if (isDone) return;
    isDone = true;
    act(argument);
  };
}

/** The bot part: connects to NATS and to Discord, then reads chat and answers events until told to stop. */
export async function runBot(runner: Runner, config: Config): Promise<void> {
  const { log, signal } = runner;
  const checks = {
    nats: async (): Promise<string | undefined> => 'not tried before Discord answers',
    gateway: async (): Promise<string | undefined> => 'Discord has not answered yet',
    requests: async (): Promise<string | undefined> => undefined,
    replies: async (): Promise<string | undefined> => undefined,
  };
  const probes = serveProbes({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    registry,
    dependencies: [
      { name: 'nats', check: () => checks.nats() },
      { name: 'gateway', check: () => checks.gateway() },
      { name: 'requests', check: () => checks.requests() },
      { name: 'replies', check: () => checks.replies() },
    ],
  });
  runner.defer('stop answering probes', () => probes.stop());
  log.info(`probes and metrics at ${probes.url}`);

  let fleet: Fleet | undefined;
  const rest = openRest(config.DISCORD_API_URL, config.DISCORD_TOKEN, (status, scope) =>
    fleet?.responded(status, scope),
  );
  const share = new RequestShare(rest);
  const user = await whoAmI(rest, config.DISCORD_API_URL, runner);
  const session = await openSession(runner, {
    side: 'bot',
    servers: config.NATS_URL,
    limits: {
      maxAgeMs: config.STREAM_MAX_AGE,
      maxBytes: config.STREAM_MAX_BYTES,
      replicas: config.STREAM_REPLICAS,
    },
  });
  checks.nats = async () => (session.isConnected() ? undefined : 'not connected');

  const bucketSettings = { replyMaxAgeMs: config.REPLY_MAX_AGE, replicas: config.STREAM_REPLICAS };
  const buckets = await openBuckets(session.client, session.manager, bucketSettings, (line) =>
    log.warn(line),
  );
  const closed = new ClosedChannels();
  const joined = await Fleet.join({
    connection: session.connection,
    bucket: buckets.gateway,
    log,
    self: randomUUID(),
    closed,
  });
  fleet = joined;
  runner.defer('write down what Discord refused', () => joined.leave());
  checks.replies = async () => joined.invalid.problem();
  const turns = new Turns();
  const context: EventLoopContext = {
    session,
    rest,
    log,
    signal,
    said: new SaidInChannels(rest, user.id),
    maxAgeMs: config.REPLY_MAX_AGE,
    lanes: new Lanes(),
    turns,
    share,
    closed,
    invalid: joined.invalid,
    memory: AnswerMemory.open(buckets.answers, session.connection),
  };
  const answering = new Answering(runner, context);
  const events = answering.run();
  runner.defer('finish the answers in hand', () => events.catch(() => undefined));

  const publisher = new BulkPublisher(session.connection, PUB_ACK_TIMEOUT_MS, session.inboxPrefix);
  const shares = new GuildShares({ room: streamRoom(session.manager), log, maxAgeMs: config.STREAM_MAX_AGE });
  const outbox = new Outbox({ publisher, log, capacity: config.OUTBOX_CAPACITY, shares });
  checks.requests = async () => outbox.problem;
  const reader = { identity: identityOf(user), startedAtMs: Date.now() };
  const sayInvite = once((applicationId: string) =>
    log.info(`invite the bot to a server: ${inviteLink(applicationId, config.DISCORD_API_URL)}`),
  );
  const handleMessage = makeMessageHandler({
    reader,
    outbox,
    localReplies: new LocalReplies(context, runner.fail),
    managers: new ServerManagers({ rest, log, signal }),
    signal,
    fail: runner.fail,
  });
  const gateway = await openGateway(runner, config, {
    session,
    rest,
    buckets,
    botId: user.id,
    share,
    handlers: [
      ...messageDispatches(handleMessage),
      ...permissionDispatches(user.id, (guildId) => joined.permissionsChanged(guildId)),
    ],
    onBots: (count) => {
      share.setBots(count);
      turns.setBots(count);
    },
    onReach: (isInReach) => answering.setInReach(isInReach),
    handleMessage,
    onReady: (data) => {
      reader.identity = identityOf(data.user);
      if (data.application) sayInvite(data.application.id);
    },
  });
  checks.gateway = () => gateway.problem();
  // In this order: nothing more is read, what was read is stored, and only then is it written down as dealt with.
  runner.defer('hand the gateway sessions over', () => gateway.handOverAll());
  runner.defer('publish the requests in hand', async () => {
    await gateway.disconnectAll();
    await outbox.emptied();
  });
  await Promise.all([gateway.run(), events, disconnectWhileFull(runner, outbox, gateway)]);
}
