import {
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '@popple/local-discord/local-discord';
import type { Channel, Message } from '@popple/local-discord/world/model';
import type { Event } from '@popple/shared/contract/event';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { encode } from '@popple/shared/messaging/codec';
import { type JetStream, openJetStream } from '@popple/shared/messaging/jetstream';
import { eventSubject } from '@popple/shared/messaging/subjects';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { silentLog } from '@popple/shared/observability/log';
import { KeyedQueue } from '@popple/shared/process/keyed-queue';
import type { Runner } from '@popple/shared/process/runner';
import { Sparingly } from '@popple/shared/process/sparingly';
import { type TestNats, testNats } from '@popple/testing/nats';
import type { KV } from 'nats';
import { openRest } from '../../discord-api';
import { InteractionApi } from '../../interactions/interaction-api';
import { InteractionStore } from '../../interactions/interaction-store';
import { openBuckets } from '../../open-buckets';
import { ClosedChannels } from '../closed-channels';
import { type EventLoopContext, eventLoop } from '../event-loop';
import { InvalidRequests } from '../invalid-requests';
import { PostedInChannels } from '../posted-in-channels';
import { ReplyMemory } from '../reply-memory';
import { RequestShare } from '../request-share';
import { Turns } from '../turns';

/** The half of a bot that replies in this process, with real NATS and a local Discord, for one test. */
export interface Replying {
  discord: LocalDiscord;
  jetstream: JetStream;
  /** What is remembered of replies. */
  bucket: KV;
  interactionStore: InteractionStore;
  /** A text channel of a server, counted from 0. */
  channel(guild: number, index?: number): Channel;
  /** A member's question, whose event says `<text> has 1 karma.` once it is published. */
  ask(channel: Channel, text: string): Message;
  publish(questions: readonly Message[]): Promise<void>;
  /** Begins to reply; call the result to stop in order. */
  start(changes?: Partial<EventLoopContext>): () => Promise<void>;
  /** What the bot has said in a channel, oldest first. */
  said(channel: Channel): string[];
  /** How many events are neither replied to nor given up. */
  pending(): Promise<number>;
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

const DEADLINE_MS = 150_000;

/** Starts NATS and a local Discord (without rate limits unless told otherwise). */
export async function replying(options: LocalDiscordOptions = {}): Promise<Replying> {
  const [nats, discord]: [TestNats, LocalDiscord] = await Promise.all([
    testNats(),
    startLocalDiscord({ rateLimits: 'off', ...options }),
  ]);
  const { world } = discord;
  const closing: (() => Promise<void> | void)[] = [];
  const end = new AbortController();
  const runner = (signal: AbortSignal): Runner => ({
    signal,
    log: silentLog(),
    defer: (_what, cleanup) => void closing.push(cleanup),
    fail: (error) => {
      throw error;
    },
  });
  const jetstream = await openJetStream(runner(end.signal), {
    side: 'bot',
    servers: [nats.url],
    limits: { maxAgeMs: 3_600_000, maxBytes: 67_108_864, replicas: 1 },
  });
  const buckets = await openBuckets(jetstream.client, jetstream.manager, {
    replyMaxAgeMs: 3_600_000,
    replicas: 1,
  });
  const interactionStore = new InteractionStore(buckets.interactions, 'test');
  const stops: (() => Promise<void>)[] = [];
  const found = <Thing>(thing: Thing | undefined): Thing => {
    if (thing === undefined) throw new Error('the local Discord has none');
    return thing;
  };
  return {
    discord,
    jetstream,
    bucket: buckets.answers,
    interactionStore,
    channel: (guild, index = 0) =>
      found(world.channels(found(world.guilds()[guild]).id).filter(({ kind }) => kind === 'text')[index]),
    ask: (channel, text) =>
      world.say({
        channelId: channel.id,
        authorId: found(world.members().find(({ bot }) => !bot)).id,
        content: text,
      }),
    publish: async (questions) => {
      for (const { id, guildId, channelId, content } of questions) {
        const event: Event = {
          ...messageEnvelope({ id, guildId: guildId ?? '1', channelId }),
          kind: 'karma-checked',
          totals: [{ display: content, karma: '1' }],
        };
        await jetstream.client.publish(eventSubject(event), encode(event), { msgID: id });
      }
    },
    start: (changes = {}) => {
      const stop = new AbortController();
      const rest = openRest(discord.apiUrl, discord.token);
      const share = new RequestShare(rest);
      share.setBots(1);
      rest.options.globalRequestsPerSecond = 1_000;
      const loop = eventLoop(runner(stop.signal), {
        jetstream,
        rest,
        log: silentLog(),
        signal: stop.signal,
        posted: new PostedInChannels(rest, world.botId),
        maxAgeMs: 3_600_000,
        queue: new KeyedQueue(),
        turns: new Turns(),
        share,
        notices: new Sparingly(60_000, 10),
        closed: new ClosedChannels(),
        invalid: new InvalidRequests(),
        memory: new ReplyMemory(buckets.answers, async () => 0),
        interactionApi: new InteractionApi(discord.apiUrl),
        interactionStore,
        ...changes,
      });
      const stopped = async () => {
        stop.abort();
        await loop;
      };
      stops.push(stopped);
      return stopped;
    },
    said: (channel) =>
      world
        .messages(channel.id)
        .filter(({ authorId }) => authorId === world.botId)
        .map(({ content }) => content),
    pending: async () => {
      const info = await jetstream.manager.consumers.info(STREAMS.events, DURABLES.bot);
      return info.num_pending + info.num_ack_pending;
    },
    until: async (what, holds) => {
      const deadline = Date.now() + DEADLINE_MS;
      while (!(await holds())) {
        if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
        await Bun.sleep(20);
      }
    },
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
      end.abort();
      for (const close of closing.toReversed()) await close();
      await discord.stop();
      await nats.stop();
    },
  };
}
