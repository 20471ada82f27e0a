import { ArchivedLeft, type ArchivedRecord } from './archived-left';
import { ArchivedReading } from './archived-reading';
import { Backfill } from './backfill';
import type { BackfillContext } from './backfill-context';
import type { BackgroundPace } from './background-pace';
import { gapStart } from './gap';
import type { GuildView } from './guild';

/** What is left to backfill, as a successor needs to know it. */
export interface BackfillRecord {
  /** Servers that are in an outage, or not read since, each with a watermark of its own. */
  away: Readonly<Record<string, string>>;
  /** Archived threads that are not read; absent when there are none. */
  archived?: ArchivedRecord;
}

export interface SessionBackfillOptions extends BackfillContext {
  shard: { shard: number; shardCount: number };
  botId: string;
  /** Of the archived threads. */
  backgroundPace: BackgroundPace;
  /** What the last holder left to backfill. */
  left: { away?: Readonly<Record<string, string>>; archived?: ArchivedRecord | undefined };
  /** Whether the session is resumed, so that Discord sends what was written meanwhile. */
  isResumed: boolean;
}

/**
 * All that one gateway session did not receive: in every server, after its READY; in a server that was in an outage, when
 * that comes back; and, in the background after either, in threads that were archived meanwhile.
 *
 * It is *caught up* when Discord sends the rest: after a RESUME, or once the backfill of its READY has finished.
 */
export class SessionBackfill {
  readonly #options: SessionBackfillOptions;
  readonly #archived: ArchivedLeft;
  readonly #archivedReading: ArchivedReading;
  #backfill: Backfill;
  #isCaughtUp: boolean;

  constructor(options: SessionBackfillOptions) {
    this.#options = options;
    this.#isCaughtUp = options.isResumed;
    this.#backfill = this.#open(options.left.away ?? {});
    this.#archived = new ArchivedLeft(options.left.archived);
    this.#archivedReading = new ArchivedReading({
      ...options,
      left: this.#archived,
      isAway: (guildId) => guildId in this.#backfill.away,
    });
    if (this.#isCaughtUp) this.#archivedReading.start();
  }

  /**
   * A session has begun: reads what was written since `watermark` (null: unknown). Resolves when it is caught up.
   * @throws the reason when it is stopped before, or when Discord refuses to be read; the watermark then stays.
   */
  async begin(watermark: string | null, guildIds: readonly string[]): Promise<void> {
    this.forget();
    const { from, oldest } = gapStart(watermark, this.#options.limits.maxAgeMs, Date.now());
    this.#archived.began({ from, oldest, guildIds });
    const backfill = this.#open(this.#backfill.away, { watermark, guildIds });
    this.#backfill = backfill;
    await backfill.finished;
    this.#isCaughtUp = true;
    this.#archivedReading.start();
  }

  /** A session has begun that cannot be backfilled: what is under way is stopped, and nothing is caught up. */
  forget(): void {
    this.#isCaughtUp = false;
    this.stop();
  }

  /** Stops reading; what is left stays on record. */
  stop(): void {
    this.#backfill.stop();
    this.#archivedReading.stop();
  }

  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** Whether a server that has come back is being read: a session that is resumed receives no GUILD_CREATE of it again. */
  get isReading(): boolean {
    return this.#backfill.isReading;
  }

  get record(): BackfillRecord {
    const { away } = this.#backfill;
    const archived = this.#archived.record;
    return archived === undefined ? { away } : { away, archived };
  }

  /** A server has come, after READY or an outage. */
  guildCame(guild: GuildView): void {
    this.#backfill.guildCame(guild);
  }

  /** A server is in an outage; up to `watermark` (null: unknown) everything is handled. */
  guildWentAway(guildId: string, watermark: string | null): void {
    this.#backfill.guildWentAway(guildId, watermark);
  }

  /** The bot was removed from a server. */
  guildLeft(guildId: string): void {
    this.#backfill.guildLeft(guildId);
    this.#archived.removed(guildId);
  }

  #open(
    away: Readonly<Record<string, string>>,
    ready?: { watermark: string | null; guildIds: readonly string[] },
  ): Backfill {
    return new Backfill({
      ...this.#options,
      away,
      onGuildAway: (guildId) => this.#archived.wentAway(guildId),
      onGuildBack: (guildId, from) => {
        this.#archived.addSingle(guildId, from);
        if (this.#isCaughtUp) this.#archivedReading.start();
      },
      ...(ready === undefined ? {} : { ready }),
    });
  }
}
