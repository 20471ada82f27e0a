import { snowflakeAt } from '@popple/shared/contract/ids';
import type { Log } from '@popple/shared/observability/log';
import type { APIMessage, GatewayGuildCreateDispatchData, REST } from 'discord.js';
import { readBackLimits } from '../metrics';
import { readChannel } from './read-channel';
import { type UnreadChannel, unreadChannels } from './unread-channels';

/** Channels read at the same time; Discord's rate limits are for each channel. */
const CONCURRENCY = 4;

/** How long to wait for the servers that READY named. One in an outage comes later, and is read then. */
const GUILDS_DEADLINE_MS = 30_000;

/**
 * Discord's ids are in order of time only roughly: a message may be told after one with a higher id. Reading a little
 * too much is harmless.
 */
const OVERLAP_MS = 60_000;

export interface ReadBackLimits {
  /** What was said longer ago is not read. */
  maxAgeMs: number;
  /** How many messages of one channel are read at most. */
  maxMessages: number;
}

export interface ReadBackOptions extends ReadBackLimits {
  rest: REST;
  log: Log;
  botId: string;
  /** The newest message before which everything is dealt with. */
  watermark: string;
  /** The servers that READY named; one that comes without having been named has just been joined. */
  guildIds: readonly string[];
  /** Takes messages of one channel, oldest first; resolves when what they asked for is in the stream. */
  onMessages(guildId: string, messages: readonly APIMessage[]): Promise<void>;
}

/**
 * Reads what was said in a shard's servers while no session told of it. It follows every READY, whatever led to it:
 * requests it finds a second time have the same ids.
 *
 * `finished` resolves when every server that READY named has come (or is late by more than 30 s) and been read. It rejects
 * when it is stopped before, or when something could not be read; the watermark must then stay where it was.
 */
export class ReadBack {
  readonly finished: Promise<void>;
  readonly #options: ReadBackOptions;
  readonly #expected: Set<string>;
  readonly #from: string;
  readonly #queue: UnreadChannel[] = [];
  readonly #stop = new AbortController();
  readonly #outcome = Promise.withResolvers<void>();
  readonly #deadline: ReturnType<typeof setTimeout>;
  #reading = 0;
  #count = 0;

  constructor(options: ReadBackOptions) {
    this.#options = options;
    this.#expected = new Set(options.guildIds);
    this.#from = this.#start();
    this.finished = this.#outcome.promise;
    // Who stops it early may not be waiting for it.
    this.finished.catch(() => undefined);
    this.#deadline = setTimeout(() => {
      options.log.warn(
        { missing: this.#expected.size },
        'servers are late; what was said there is read when they come',
      );
      this.#expected.clear();
      this.#next();
    }, GUILDS_DEADLINE_MS);
    this.#next();
  }

  #start(): string {
    const { log, maxAgeMs, watermark } = this.#options;
    const wanted = BigInt(watermark) - (BigInt(OVERLAP_MS) << 22n);
    const oldest = BigInt(snowflakeAt(Date.now() - maxAgeMs));
    if (wanted >= oldest) return String(wanted);
    if (BigInt(watermark) < oldest) {
      readBackLimits.inc({ limit: 'age' });
      log.warn(
        { watermark },
        `away for longer than BACKFILL_MAX_AGE; what was said before that is not counted`,
      );
    }
    return String(oldest);
  }

  /** A server has come. Does nothing for one that READY did not name. */
  guildCame(guild: GatewayGuildCreateDispatchData): void {
    if (this.#stop.signal.aborted || !this.#options.guildIds.includes(guild.id)) return;
    this.#expected.delete(guild.id);
    this.#queue.push(...unreadChannels(guild, this.#options.botId, this.#from));
    this.#next();
  }

  /** Ends it early; pages under way are let go. */
  stop(): void {
    clearTimeout(this.#deadline);
    this.#stop.abort(new Error('reading back was stopped'));
    this.#outcome.reject(this.#stop.signal.reason);
  }

  #next(): void {
    while (this.#reading < CONCURRENCY && !this.#stop.signal.aborted) {
      const channel = this.#queue.shift();
      if (channel === undefined) break;
      this.#reading += 1;
      this.#read(channel).then(
        (count) => {
          this.#reading -= 1;
          this.#count += count;
          this.#next();
        },
        (error: unknown) => {
          this.#outcome.reject(error);
          this.stop();
        },
      );
    }
    if (this.#reading > 0 || this.#queue.length > 0 || this.#expected.size > 0) return;
    clearTimeout(this.#deadline);
    if (this.#count > 0)
      this.#options.log.info({ messages: this.#count }, 'read back what was said meanwhile');
    this.#outcome.resolve();
  }

  #read(channel: UnreadChannel): Promise<number> {
    const { rest, log, maxMessages, onMessages } = this.#options;
    return readChannel(
      {
        rest,
        log,
        signal: this.#stop.signal,
        maxMessages,
        onMessages: (messages) => onMessages(channel.guildId, messages),
      },
      channel,
    );
  }
}
