import { snowflakeAt } from '@popple/shared/contract/ids';
import { describeError } from '@popple/shared/observability/log';
import { backfillLimits } from '../metrics';
import type { BackfillContext } from './backfill-context';
import { gapStart } from './gap';
import type { GuildView } from './guild';
import { readChannel } from './read-channel';
import { Tasks } from './tasks';
import { activeThreads } from './threads';
import { readFrom, type UnreadChannel, unreadChannels, unreadThreads } from './unread-channels';

/** Channels read at the same time; Discord's rate limits are for each channel. */
const CONCURRENCY = 4;

/** How long to wait for the servers that READY named. One in an outage comes later, and is read then. */
const GUILDS_DEADLINE_MS = 30_000;

export interface BackfillOptions extends BackfillContext {
  /** A server is away now. */
  onGuildAway(guildId: string): void;
  /** A server that was away has been read, all but its archived threads, from a message on. */
  onGuildBack(guildId: string, from: string): void;
  /** Servers that were away before, each with the newest message up to which everything there is handled. */
  away: Readonly<Record<string, string>>;
  /** The READY that this follows; undefined after a resume, when only servers that were away have to be read. */
  ready?: {
    /** The newest message up to which everything is handled; null when none was ever stored. */
    watermark: string | null;
    /** The servers that READY named; one that comes without having been named has just been joined. */
    guildIds: readonly string[];
  };
}

/**
 * Reads what was written in a shard's servers while no session received it, for as long as a session lasts: after its READY in
 * all servers, and in a server that was in an outage when that comes back. Requests it finds a second time have the same ids.
 *
 * A server is *awaited* from READY until it has come and been read, or is late by 30 s; *away* from when it is late or in
 * an outage until it has come back and been read. `finished` resolves when none is awaited. It rejects when it is stopped
 * before, or when Discord no longer takes the token; the watermark must then stay where it was.
 *
 * Archived threads are not among it: see `ArchivedReading`.
 */
export class Backfill {
  readonly finished: Promise<void>;
  readonly #options: BackfillOptions;
  readonly #awaited: Set<string>;
  readonly #away: Map<string, string>;
  /** The servers that are being read, by their id; a later reading of the same server replaces the one before. */
  readonly #readings = new Map<string, symbol>();
  readonly #tasks = new Tasks(CONCURRENCY);
  readonly #stop = new AbortController();
  readonly #outcome = Promise.withResolvers<void>();
  readonly #deadline: ReturnType<typeof setTimeout>;
  readonly #beganMs = Date.now();

  constructor(options: BackfillOptions) {
    const { away, ready, log } = options;
    this.#options = options;
    this.#awaited = new Set(ready?.guildIds);
    // A server that READY does not name any more has removed the bot.
    const still = Object.entries(away).filter(([id]) => ready === undefined || this.#awaited.has(id));
    this.#away = new Map(still);
    this.finished = this.#outcome.promise;
    // Who stops it early may not be waiting for it.
    this.finished.catch(() => undefined);
    if (ready?.watermark === null) {
      log.warn(
        'there is no watermark (a first start, or NATS lost its data): backfilling all messages within BACKFILL_MAX_AGE ' +
          'since the bot joined each server; the ledger has those that were counted',
      );
    }
    this.#deadline = setTimeout(() => this.#giveUpWaiting(), GUILDS_DEADLINE_MS);
    this.#finishIfDone();
  }

  /** Servers that are not read yet, each with the newest message up to which everything there is handled. */
  get away(): Record<string, string> {
    return Object.fromEntries(this.#away);
  }

  /** Whether a server that has come back is being read: a successor that resumed would receive no GUILD_CREATE of it. */
  get isReading(): boolean {
    return this.#readings.size > 0;
  }

  /** A server has come. Does nothing for one that has just been joined. */
  guildCame(guild: GuildView): void {
    if (this.#stop.signal.aborted || guild.isUnavailable) return;
    const from = this.#from(guild.id);
    if (from === undefined) return;
    const reading = Symbol(guild.id);
    this.#readings.set(guild.id, reading);
    this.#readGuild(guild, readFrom(guild, from)).then(
      (count) => {
        // It may have gone away meanwhile, or come again.
        if (this.#readings.get(guild.id) !== reading) return;
        this.#readings.delete(guild.id);
        if (this.#away.delete(guild.id)) this.#options.onGuildBack(guild.id, from);
        this.#awaited.delete(guild.id);
        if (count > 0) this.#options.log.info({ guildId: guild.id, messages: count }, 'backfilled a server');
        this.#finishIfDone();
      },
      (error: unknown) => {
        if (!this.#stop.signal.aborted)
          this.#options.log.error({ err: error }, `backfill ended: ${describeError(error)}`);
        this.#outcome.reject(error);
        this.stop();
      },
    );
  }

  /** A server is in an outage; up to `watermark` (null: unknown) everything is handled. */
  guildWentAway(guildId: string, watermark: string | null): void {
    this.#readings.delete(guildId);
    this.#awaited.delete(guildId);
    if (!this.#away.has(guildId)) this.#away.set(guildId, watermark ?? this.#oldest(this.#beganMs));
    this.#options.onGuildAway(guildId);
    this.#finishIfDone();
  }

  /** The bot was removed from a server. */
  guildLeft(guildId: string): void {
    this.#readings.delete(guildId);
    this.#awaited.delete(guildId);
    this.#away.delete(guildId);
    this.#finishIfDone();
  }

  /** Ends it early; pages under way are abandoned. */
  stop(): void {
    clearTimeout(this.#deadline);
    this.#stop.abort(new Error('backfill was stopped'));
    this.#outcome.reject(this.#stop.signal.reason);
  }

  #oldest(nowMs: number): string {
    return snowflakeAt(nowMs - this.#options.limits.maxAgeMs);
  }

  /** After which message a server that has come is to be read; undefined for one that has just been joined. */
  #from(guildId: string): string | undefined {
    const { ready, log, limits } = this.#options;
    const isAwaited = this.#awaited.has(guildId);
    const watermark = this.#away.get(guildId) ?? (isAwaited ? ready?.watermark : undefined);
    if (watermark === undefined) return undefined;
    const { from, isCut } = gapStart(watermark, limits.maxAgeMs, Date.now());
    if (isCut) {
      backfillLimits.inc({ limit: 'age' });
      log.warn(
        { guildId, watermark },
        'away for longer than BACKFILL_MAX_AGE; older messages are not counted',
      );
    }
    return from;
  }

  #giveUpWaiting(): void {
    const late = [...this.#awaited].filter((id) => !this.#readings.has(id));
    if (late.length === 0) return;
    this.#options.log.warn({ missing: late.length }, 'servers are late; they are backfilled when they come');
    for (const id of late) this.guildWentAway(id, this.#options.ready?.watermark ?? null);
  }

  #finishIfDone(): void {
    if (this.#awaited.size > 0) return;
    clearTimeout(this.#deadline);
    this.#outcome.resolve();
  }

  async #readGuild(guild: GuildView, after: string): Promise<number> {
    const context = { ...this.#options, signal: this.#stop.signal };
    for (const { what, detail } of guild.unreadable) context.unreadable.note(what, detail);
    const unread = unreadChannels(guild, after);
    const threads = guild.threads ?? (await this.#tasks.run(() => activeThreads(context, guild.id)));
    const active = unreadThreads(guild.id, threads, unread, after);
    const counts = await Promise.all(
      [...unread.channels, ...active].map((channel) => this.#readChannel(channel)),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }

  #readChannel(channel: UnreadChannel): Promise<number> {
    const context = { ...this.#options, signal: this.#stop.signal };
    return this.#tasks.run(() => readChannel(context, channel));
  }
}
