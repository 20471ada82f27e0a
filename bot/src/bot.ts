import type { Values } from '@popple/shared/config/environment';
import { BUCKETS, openBucket } from '@popple/shared/messaging/buckets';
import { openSession } from '@popple/shared/messaging/session';
import { registry } from '@popple/shared/observability/metrics';
import { serveProbes } from '@popple/shared/observability/probes';
import type { COMMON_VARIABLES, Runner } from '@popple/shared/process/runner';
import type { GatewayMessageCreateDispatchData } from 'discord.js';
import { AnswerMemory } from './answers/answer-memory';
import { deliver } from './answers/deliver';
import { type EventLoopContext, eventLoop } from './answers/event-loop';
import { Lanes } from './answers/lanes';
import type { Outgoing } from './answers/outgoing';
import type { BotIdentity } from './chat/parse-message';
import type { BotConfig } from './config';
import { openRest, whoAmI } from './discord-api';
import { type Gateway, openGateway } from './gateway/gateway';
import { Outbox } from './intake/outbox';
import { readMessage } from './intake/read-message';
import { answers, messagesRead } from './metrics';

/** Requests that may wait for NATS before the bot stops reading chat: minutes of a very large bot, in some 20 MB. */
const OUTBOX_CAPACITY = 20_000;

/** Past REPLY_MAX_AGE nothing is said any more, so nothing needs to be remembered; the margin is for clocks that differ. */
const ANSWER_MEMORY_MARGIN_MS = 600_000;

function identityOf(user: { id: string; username: string; global_name: string | null }): BotIdentity {
  return {
    id: user.id,
    names: user.global_name === null ? [user.username] : [user.username, user.global_name],
  };
}

/** Says what the bot answers by itself; what Discord refuses here has no stream to go back to, so it is told in the log. */
async function sayOwnWords(context: EventLoopContext, outgoing: Outgoing): Promise<void> {
  const delivery = await deliver(context, outgoing);
  answers.inc({ outcome: delivery.outcome });
  if (delivery.outcome === 'refused') context.log.error(`Discord refused an answer: ${delivery.detail}`);
}

/** Stops reading chat while the outbox is full and comes back when it is empty, so that nothing read is lost. */
function backpressure(runner: Runner, outbox: Outbox, gateway: () => Gateway): () => void {
  let isAway = false;
  return () => {
    if (isAway || !outbox.isFull) return;
    isAway = true;
    runner.log.warn(`${outbox.size} requests wait for NATS: leaving the gateway until they have left`);
    const comeBack = async () => {
      await gateway().leave();
      await outbox.emptied();
      if (!runner.signal.aborted) await gateway().enter();
      isAway = false;
    };
    comeBack().catch(runner.fail);
  };
}

/** The bot part: connects to NATS and to Discord, then reads chat and answers events until told to stop. */
export async function runBot(
  runner: Runner,
  config: BotConfig & Values<typeof COMMON_VARIABLES>,
): Promise<void> {
  const { log, signal } = runner;
  const startedAtMs = Date.now();
  const dependencies = {
    nats: async (): Promise<string | undefined> => 'not connected yet',
    gateway: async (): Promise<string | undefined> => 'not connected yet',
    requests: async (): Promise<string | undefined> => undefined,
  };
  const probes = serveProbes({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
    registry,
    dependencies: [
      { name: 'nats', check: () => dependencies.nats() },
      { name: 'gateway', check: () => dependencies.gateway() },
      { name: 'requests', check: () => dependencies.requests() },
    ],
  });
  runner.defer('stop answering probes', () => probes.stop());
  log.info(`probes and metrics at ${probes.url}`);

  const rest = openRest(config.DISCORD_API_URL, config.DISCORD_TOKEN);
  let identity = identityOf(await whoAmI(rest, config.DISCORD_API_URL, runner));
  const session = await openSession(runner, {
    side: 'bot',
    servers: config.NATS_URL,
    limits: {
      maxAgeMs: config.STREAM_MAX_AGE,
      maxBytes: config.STREAM_MAX_BYTES,
      replicas: config.STREAM_REPLICAS,
    },
  });
  dependencies.nats = async () => (session.isConnected() ? undefined : 'not connected');

  const outbox = new Outbox({ client: session.client, log, capacity: OUTBOX_CAPACITY });
  dependencies.requests = async () => outbox.problem;
  runner.defer('publish the requests in hand', () => outbox.emptied());

  const bucket = await openBucket(session.client, session.manager, BUCKETS.answers, {
    ttlMs: config.REPLY_MAX_AGE + ANSWER_MEMORY_MARGIN_MS,
    replicas: config.STREAM_REPLICAS,
  });
  const context: EventLoopContext = {
    session,
    rest,
    log,
    signal,
    maxAgeMs: config.REPLY_MAX_AGE,
    lanes: new Lanes(),
    memory: new AnswerMemory(bucket),
    botId: identity.id,
  };
  const events = eventLoop(runner, context);
  runner.defer('finish the answers in hand', () => events.catch(() => undefined));

  const onMessage = (message: GatewayMessageCreateDispatchData) => {
    messagesRead.inc();
    const reading = readMessage(message, { identity, startedAtMs });
    if (reading === undefined) return;
    if ('request' in reading) {
      void outbox.add(reading.request);
      leaveWhenFull();
      return;
    }
    const { outgoing } = reading;
    context.lanes.run(outgoing.channelId, () => sayOwnWords(context, outgoing)).catch(runner.fail);
  };
  const gateway = openGateway(runner, {
    rest,
    token: config.DISCORD_TOKEN,
    onReady: (user) => {
      identity = identityOf(user);
    },
    onMessage,
  });
  const leaveWhenFull = backpressure(runner, outbox, () => gateway);
  dependencies.gateway = () => gateway.problem();
  runner.defer('leave the gateway', () => gateway.leave());
  await gateway.enter();
  await events;
}
