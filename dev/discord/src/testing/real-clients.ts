import { type SessionInfo, WebSocketManager, WebSocketShardEvents } from '@discordjs/ws';
import { REST } from 'discord.js';
import {
  type GatewayDispatchEvents,
  type GatewayDispatchPayload,
  GatewayIntentBits,
  type GatewayMessageCreateDispatchData,
} from 'discord-api-types/v10';
import { type LocalDiscord, type LocalDiscordOptions, startLocalDiscord } from '../local-discord';

export const CHAT_INTENTS =
  GatewayIntentBits.Guilds | GatewayIntentBits.GuildMessages | GatewayIntentBits.MessageContent;

/** Fast settings: no limits and short waits, for tests that are not about them. */
export const QUICK: LocalDiscordOptions = { identifyIntervalMs: 0, rateLimits: 'off' };

export interface ClientOptions {
  readonly intents?: number;
  readonly shardCount?: number;
  readonly shardIds?: number[];
  readonly token?: string;
  /** Where sessions are kept; shared between clients that follow one another. */
  readonly sessions?: Map<number, SessionInfo>;
}

/** A bot's side of the gateway: the real manager, and what it received. */
export class GatewayClient {
  readonly dispatches: GatewayDispatchPayload[] = [];
  readonly closeCodes: number[] = [];
  readonly errors: Error[] = [];
  readonly readyCount = { ready: 0, resumed: 0 };
  readonly sessions: Map<number, SessionInfo>;
  readonly manager: WebSocketManager;
  /** From now on the session is kept for another client: the library forgets it when it is destroyed. */
  isLeaving = false;

  constructor(discord: LocalDiscord, options: ClientOptions = {}) {
    this.sessions = options.sessions ?? new Map();
    this.manager = new WebSocketManager({
      token: options.token ?? discord.token,
      intents: options.intents ?? CHAT_INTENTS,
      rest: restFor(discord, options.token),
      shardCount: options.shardCount ?? null,
      shardIds: options.shardIds ?? null,
      buildIdentifyThrottler: async () => ({ waitForIdentify: async () => undefined }),
      retrieveSessionInfo: (shardId) => this.sessions.get(shardId) ?? null,
      updateSessionInfo: (shardId, info) => {
        if (info) this.sessions.set(shardId, info);
        else if (!this.isLeaving) this.sessions.delete(shardId);
      },
    });
    this.manager.on(WebSocketShardEvents.Dispatch, (payload) => void this.dispatches.push(payload));
    this.manager.on(WebSocketShardEvents.Ready, () => void this.readyCount.ready++);
    this.manager.on(WebSocketShardEvents.Resumed, () => void this.readyCount.resumed++);
    this.manager.on(WebSocketShardEvents.Closed, (code) => void this.closeCodes.push(code));
    this.manager.on(WebSocketShardEvents.Error, (error) => void this.errors.push(error));
    this.manager.on(WebSocketShardEvents.SocketError, () => undefined);
  }

  /** What was dispatched under this name. */
  of<Event extends GatewayDispatchEvents>(event: Event): (GatewayDispatchPayload & { t: Event })[] {
    return this.dispatches.filter(
      (payload): payload is GatewayDispatchPayload & { t: Event } => payload.t === event,
    );
  }

  /** The messages that were heard, in order. */
  heard(): GatewayMessageCreateDispatchData[] {
    return this.dispatches.flatMap((payload) => (payload.t === 'MESSAGE_CREATE' ? [payload.d] : []));
  }

  contents(): string[] {
    return this.heard().map((message) => message.content);
  }
}

/** A REST client of the real library that speaks to this Discord. */
export function restFor(discord: LocalDiscord, token = discord.token): REST {
  const rest = new REST({
    api: discord.apiUrl,
    hashSweepInterval: 0,
    handlerSweepInterval: 0,
    globalRequestsPerSecond: 10_000,
  });
  return rest.setToken(token);
}

/** Starts Discords and clients for one test, and ends what is left of them after it. */
export class Stage {
  readonly #discords: LocalDiscord[] = [];
  readonly #clients: GatewayClient[] = [];

  async discord(options: LocalDiscordOptions = QUICK): Promise<LocalDiscord> {
    const discord = await startLocalDiscord(options);
    this.#discords.push(discord);
    return discord;
  }

  client(discord: LocalDiscord, options: ClientOptions = {}): GatewayClient {
    const client = new GatewayClient(discord, options);
    this.#clients.push(client);
    return client;
  }

  /** A client that is connected and ready. */
  async connected(discord: LocalDiscord, options: ClientOptions = {}): Promise<GatewayClient> {
    const client = this.client(discord, options);
    await client.manager.connect();
    return client;
  }

  /** Ends a client as a deploy does: its session can be resumed. */
  async leave(client: GatewayClient): Promise<void> {
    client.isLeaving = true;
    await client.manager.destroy({ code: 4200, reason: 'handing over' });
  }

  async clear(): Promise<void> {
    for (const client of this.#clients.splice(0)) await client.manager.destroy();
    for (const discord of this.#discords.splice(0)) await discord.stop();
  }
}

/** The first text channel of the first server and the first person: enough for most tests. */
export function firstPlace({ world }: LocalDiscord): {
  guildId: string;
  channelId: string;
  authorId: string;
} {
  const guild = world.guilds()[0];
  const channel = guild && world.channels(guild.id)[0];
  const author = world.members().find((member) => !member.bot);
  if (!channel || !author) throw new Error('the default world has no channel or nobody in it');
  return { guildId: guild.id, channelId: channel.id, authorId: author.id };
}
