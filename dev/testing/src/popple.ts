import {
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '@popple/local-discord/local-discord';
import type { Channel, Member, Message } from '@popple/local-discord/world/model';
import { type TestNats, testNats } from './nats';
import { type TestDatabase, testDatabase } from './postgres';
import { startService, type TestService } from './service';
import { until } from './until';

/** All of Popple for one test: the real processes against a local Discord, and a way to talk to them. */
export interface TestPopple {
  readonly discord: LocalDiscord;
  readonly nats: TestNats;
  readonly database: TestDatabase;
  readonly bots: TestService[];
  readonly svcs: TestService[];
  /** A text channel, by default of the first server. */
  channel(name?: string, guild?: number): Channel;
  member(name: string): Member;
  /** Starts one more bot, and waits until it is ready unless `waits` is false. */
  startBot(environment?: Record<string, string>, waits?: boolean): Promise<TestService>;
  startSvc(environment?: Record<string, string>): Promise<TestService>;
  /** Writes a message, as Alice in the first channel by default. */
  say(
    content: string,
    as?: { author?: string; channel?: Channel; replyTo?: string; webhookId?: string },
  ): Message;
  /** What the bot has replied to a message so far, oldest first. */
  repliesTo(message: Message): Message[];
  /** Waits for the bot's reply to a message. */
  reply(message: Message): Promise<string>;
  /** Waits until something holds; rejects with what it was after 45 s. */
  until(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

export interface TestPoppleOptions {
  discord?: LocalDiscordOptions;
  bots?: number;
  svcs?: number;
  /** Variables for the bots. */
  botEnvironment?: Record<string, string>;
}

/** Starts NATS, a database, a local Discord without rate limits, and bots and svcs, by default one each. */
export async function testPopple(options: TestPoppleOptions = {}): Promise<TestPopple> {
  const [nats, database, discord] = await Promise.all([
    testNats(),
    testDatabase(),
    startLocalDiscord({ rateLimits: 'off', ...options.discord }),
  ]);
  const { world } = discord;
  const streams = { STREAM_MAX_BYTES: '67108864' };
  const bots: TestService[] = [];
  const svcs: TestService[] = [];
  const found = <Thing>(thing: Thing | undefined, what: string): Thing => {
    if (thing === undefined) throw new Error(`there is no ${what} in the local Discord`);
    return thing;
  };
  const channel = (name?: string, guild = 0) => {
    const { id } = found(world.guilds()[guild], 'server');
    return found(
      world.channels(id).find((one) => one.kind === 'text' && (name === undefined || one.name === name)),
      `channel ${name}`,
    );
  };
  const member = (name: string) =>
    found(
      world.members().find((one) => one.displayName === name),
      `member ${name}`,
    );
  const repliesTo = (message: Message) =>
    world
      .messages(message.channelId, { after: message.id })
      .filter((one) => one.authorId === world.botId && one.replyToId === message.id);
  const popple: TestPopple = {
    discord,
    nats,
    database,
    bots,
    svcs,
    channel,
    member,
    startBot: async (environment = {}, waits = true) => {
      const bot = await startService('bot', {
        DISCORD_TOKEN: discord.token,
        DISCORD_API_URL: discord.apiUrl,
        NATS_URL: nats.url,
        ...streams,
        ...options.botEnvironment,
        ...environment,
      });
      bots.push(bot);
      if (waits) await bot.ready();
      return bot;
    },
    startSvc: async (environment = {}) => {
      const svc = await startService('svc', {
        NATS_URL: nats.url,
        DATABASE_URL: database.url,
        ...streams,
        ...environment,
      });
      svcs.push(svc);
      await svc.ready();
      return svc;
    },
    say: (content, as = {}) =>
      world.say({
        content,
        channelId: (as.channel ?? channel()).id,
        authorId: member(as.author ?? 'Alice').id,
        replyTo: as.replyTo,
        webhookId: as.webhookId,
      }),
    repliesTo,
    reply: async (message) => {
      await until(() => repliesTo(message).length > 0, `"${message.content}" is answered`);
      return found(repliesTo(message)[0], 'reply').content;
    },
    until: (what, holds) => until(holds, what),
    stop: async () => {
      // Killed, not stopped in order, which takes a second or two: what a stop leaves behind has tests of its own.
      for (const part of [...bots, ...svcs]) part.kill('SIGKILL');
      await Promise.all([...bots, ...svcs].map((part) => part.exited));
      await Promise.all([discord.stop(), nats.stop(), database.drop()]);
    },
  };
  await Promise.all([
    ...Array.from({ length: options.svcs ?? 1 }, () => popple.startSvc()),
    ...Array.from({ length: options.bots ?? 1 }, () => popple.startBot()),
  ]);
  return popple;
}
