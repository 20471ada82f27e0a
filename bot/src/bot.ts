import { randomUUID } from 'node:crypto';
import type { Values } from '@popple/shared/config/environment';
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { openJetStream } from '@popple/shared/messaging/jetstream';
import { KeyedQueue } from '@popple/shared/process/keyed-queue';
import type { COMMON_VARIABLES, Runner } from '@popple/shared/process/runner';
import { Sparingly } from '@popple/shared/process/sparingly';
import type { BotConfig } from './config';
import { openRest, whoAmI } from './discord-api';
import { channelDispatches } from './gateway/dispatches/channels';
import { deletionDispatches } from './gateway/dispatches/deletions';
import { interactionDispatches } from './gateway/dispatches/interactions';
import { messageDispatches } from './gateway/dispatches/messages';
import { permissionDispatches } from './gateway/dispatches/permissions';
import { openGateway } from './gateway/open-gateway';
import { disconnectWhileFull } from './intake/backpressure';
import { ChannelParents } from './intake/channel-parents';
import { makeDeletionHandler } from './intake/deletion-handler';
import { GuildShares, streamRoom } from './intake/guild-shares';
import { HarmlessMessages } from './intake/harmless-messages';
import { LocalReplies } from './intake/local-replies';
import { identityOf, makeMessageHandler } from './intake/message-handler';
import { Outbox } from './intake/outbox';
import { RuleFacts } from './intake/rule-facts';
import { ServerManagers } from './intake/server-managers';
import { InteractionApi } from './interactions/interaction-api';
import { makeInteractionHandler } from './interactions/interaction-handler';
import { InteractionRequests } from './interactions/interaction-requests';
import { InteractionStore } from './interactions/interaction-store';
import { registerCommands } from './interactions/register-commands';
import { inviteLink } from './invite';
import { openBuckets } from './open-buckets';
import { findSubjects } from './queries/find-subjects';
import { listFacts } from './queries/list-facts';
import { Readiness } from './readiness';
import { ClosedChannels } from './replies/closed-channels';
import { Fleet } from './replies/fleet';
import { PostedInChannels } from './replies/posted-in-channels';
import { ReplyMemory } from './replies/reply-memory';
import { Replying } from './replies/replying';
import { RequestShare } from './replies/request-share';
import { Turns } from './replies/turns';

/** How long the outbox waits for the PubAcks of what it publishes together. */
const PUB_ACK_TIMEOUT_MS = 5_000;
/** How often to log that a server gets no replies, and for how many servers that is kept. */
const NOTICE_EVERY_MS = 60_000;
const NOTICES_REMEMBERED = 1_000;

/** Connects to NATS and to Discord, then handles messages and posts replies until the process is asked to stop. */
export async function runBot(
  runner: Runner,
  config: BotConfig & Values<typeof COMMON_VARIABLES>,
): Promise<void> {
  const { log, signal } = runner;
  const readiness = Readiness.serve(runner, config);

  // Discord's REST API, and who the bot is there. How it is addressed may change; each READY has it.
  let fleet: Fleet | undefined;
  const rest = openRest(config.DISCORD_API_URL, config.DISCORD_TOKEN, (status, scope) =>
    fleet?.responded(status, scope),
  );
  const interactionApi = new InteractionApi(config.DISCORD_API_URL, (status, scope) =>
    fleet?.responded(status, scope),
  );
  const user = await whoAmI(rest, config.DISCORD_API_URL, runner);
  const readContext = { identity: identityOf(user), startedAtMs: Date.now() };

  // NATS, its streams and buckets.
  const jetstream = await openJetStream(runner, {
    side: 'bot',
    servers: config.NATS_URL,
    limits: {
      maxAgeMs: config.STREAM_MAX_AGE,
      maxBytes: config.STREAM_MAX_BYTES,
      replicas: config.STREAM_REPLICAS,
    },
  });
  readiness.set('nats', async () => (jetstream.isConnected() ? undefined : 'not connected'));
  const bucketSettings = { replyMaxAgeMs: config.REPLY_MAX_AGE, replicas: config.STREAM_REPLICAS };
  const buckets = await openBuckets(jetstream.client, jetstream.manager, bucketSettings, (line) =>
    log.warn(line),
  );

  // What all bots of the token share.
  const self = randomUUID();
  const closed = new ClosedChannels();
  const joined = await Fleet.join({
    connection: jetstream.connection,
    bucket: buckets.gateway,
    log,
    self,
    closed,
  });
  fleet = joined;
  runner.defer('write down what Discord refused', () => joined.leave());
  readiness.set('replies', async () => joined.invalid.problem());
  const share = new RequestShare(rest);
  const turns = new Turns();
  const notices = new Sparingly(NOTICE_EVERY_MS, NOTICES_REMEMBERED);

  // From events to replies.
  const interactionStore = new InteractionStore(buckets.interactions, self);
  const posting = {
    rest,
    log,
    signal,
    posted: new PostedInChannels(rest, user.id),
    maxAgeMs: config.REPLY_MAX_AGE,
    closed,
    invalid: joined.invalid,
    memory: ReplyMemory.open(buckets.answers, jetstream.connection),
    queue: new KeyedQueue(),
  };
  const replying = new Replying(runner, {
    ...posting,
    interactionApi,
    interactionStore,
    jetstream,
    turns,
    share,
    notices,
  });
  const events = replying.run();
  runner.defer('finish the replies in hand', () => events.catch(() => undefined));

  // From messages to requests.
  const outbox = new Outbox({
    publisher: new BulkPublisher(jetstream.connection, PUB_ACK_TIMEOUT_MS, jetstream.inboxPrefix),
    shares: new GuildShares({ room: streamRoom(jetstream.manager), log, maxAgeMs: config.STREAM_MAX_AGE }),
    log,
    capacity: config.OUTBOX_CAPACITY,
  });
  readiness.set('requests', async () => outbox.problem);
  const parents = new ChannelParents();
  const wantedIn = (guildId: string) => listFacts(jetstream.connection, guildId);
  const facts = new RuleFacts({ rest, log, signal, parents, wantedIn });
  const harmless = new HarmlessMessages();
  const handleMessage = makeMessageHandler({
    context: readContext,
    outbox,
    localReplies: new LocalReplies(posting, runner.fail),
    managers: new ServerManagers({ rest, log, signal }),
    facts,
    harmless,
    signal,
    fail: runner.fail,
  });

  // From interactions to requests.
  const interactions = { api: interactionApi, log, signal };
  const requests = new InteractionRequests({
    ...interactions,
    store: interactionStore,
    outbox,
    complete: (request) => (request.kind === 'change-karma' ? facts.complete(request, false) : request),
    fail: runner.fail,
  });
  const handleInteraction = makeInteractionHandler({
    ...interactions,
    requests,
    findSubjects: (guildId, text) => findSubjects(jetstream.connection, { guildId, text }),
  });

  // From the gateway to their handlers. Handlers of reactions get their place in this list.
  let hasLoggedInvite = false;
  const gateway = await openGateway(runner, config, {
    jetstream,
    rest,
    buckets,
    botId: user.id,
    requestsPerSecond: () => share.perSecond,
    handleMessage,
    handlers: [
      ...messageDispatches(handleMessage),
      ...interactionDispatches(handleInteraction),
      ...channelDispatches(parents),
      ...permissionDispatches(user.id, (guildId) => joined.permissionsChanged(guildId), parents),
      ...deletionDispatches(makeDeletionHandler({ outbox, harmless })),
    ],
    onGuild: ({ channels, threads = [] }) => {
      for (const channel of [...channels, ...threads]) parents.came(channel);
    },
    onReady: (data) => {
      readContext.identity = identityOf(data.user);
      if (!data.application || hasLoggedInvite) return;
      hasLoggedInvite = true;
      log.info(`invite the bot to a server: ${inviteLink(data.application.id, config.DISCORD_API_URL)}`);
    },
    onBots: (count) => {
      share.setBots(count);
      turns.setBots(count);
    },
    onReach: (isInReach) => replying.setInReach(isInReach),
  });
  readiness.set('gateway', () => gateway.problem());

  // In this order: nothing more is received, what was received is stored, and only then is it recorded as handled.
  runner.defer('hand the gateway sessions over', () => gateway.handOverAll());
  runner.defer('publish the requests in hand', async () => {
    await gateway.disconnectAll();
    await outbox.emptied();
  });
  await Promise.all([
    gateway.run(),
    events,
    disconnectWhileFull(runner, outbox, gateway),
    requests.recoverPending(),
    registerCommands({ rest, apiUrl: config.DISCORD_API_URL, bucket: buckets.gateway, self, runner }),
  ]);
}
