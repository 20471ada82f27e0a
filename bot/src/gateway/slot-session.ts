import type { IIdentifyThrottler } from '@discordjs/ws';
import { snowflakeAt } from '@popple/shared/contract/ids';
import { describeError } from '@popple/shared/observability/log';
import type { Runner } from '@popple/shared/process/runner';
import {
  type APIGatewayBotInfo,
  GatewayDispatchEvents,
  type GatewayDispatchPayload,
  type REST,
} from 'discord.js';
import { ZodError } from 'zod';
import { ArchivedLeft } from '../backfill/archived-left';
import { ArchivedReading } from '../backfill/archived-reading';
import { Backfill, type BackfillLimits } from '../backfill/backfill';
import type { BackgroundPace } from '../backfill/background-pace';
import { gapStart } from '../backfill/gap';
import { parseGuild } from '../backfill/guild';
import { type ChatMessage, chatMessageSchema } from '../intake/chat-message';
import type { HandleMessage } from '../intake/message-handler';
import { describeIssues, Unreadable } from '../unreadable';
import type { IdentifyBudget } from './identify-budget';
import { guildGoneSchema, type Ready, readySchema } from './ready';
import { SequenceTracker } from './sequence';
import { type SessionRecord, type SessionStore, toSessionInfo } from './session-record';
import { ShardConnection } from './shard-connection';
import { type Slot, slotKey } from './slot';

/** How often what was dealt with is written down: what a killed bot's successor is told again. */
const FLUSH_INTERVAL_MS = 1_000;

export interface SlotSessionOptions {
  runner: Runner;
  rest: REST;
  token: string;
  botId: string;
  slot: Slot;
  /** What the last holder left; undefined when there was none. */
  record: SessionRecord | undefined;
  store: SessionStore;
  throttler: IIdentifyThrottler;
  budget: IdentifyBudget;
  isSure(): boolean;
  gateway: APIGatewayBotInfo;
  limits: BackfillLimits;
  /** Shared by all sessions of the bot. */
  backgroundPace: BackgroundPace;
  handleMessage: HandleMessage;
  onReady(data: Ready): void;
  /** Told of every dispatch but messages, beside what the session does with it. */
  onDispatch(payload: GatewayDispatchPayload): void;
}

/**
 * The gateway session of one held slot.
 *
 * It is *caught up* when everything up to its watermark is dealt with and Discord tells the rest: after a resume, or once
 * reading back has finished. Until then the record says that there is no session to resume, so that a successor begins
 * anew and reads back, and the watermark stays where it was. From then on the record follows the tracker. A server in an
 * outage keeps a watermark of its own, until it has come back and been read. Threads archived meanwhile are read after that,
 * in the background; the record says which are left, and who resumes goes on with them.
 *
 * No dispatch ends the process: one that cannot be read is logged, counted and dealt with.
 */
export class SlotSession {
  readonly slot: Slot;
  readonly #options: SlotSessionOptions;
  readonly #connection: ShardConnection;
  readonly #flusher: ReturnType<typeof setInterval>;
  #tracker: SequenceTracker;
  #watermark: string | null;
  #backfill: Backfill;
  readonly #archived: ArchivedLeft;
  readonly #archivedReading: ArchivedReading;
  readonly #unreadable: Unreadable;
  #isCaughtUp: boolean;
  #written = '';
  #isWaitingToIdentify = false;

  constructor(options: SlotSessionOptions) {
    const { runner, token, slot, record, throttler, budget, gateway, isSure } = options;
    this.slot = slot;
    this.#options = options;
    this.#tracker = new SequenceTracker(record?.session?.sequence);
    this.#watermark = record?.watermark ?? null;
    this.#isCaughtUp = record?.session != null;
    this.#unreadable = new Unreadable(runner.log.child({ slot: slotKey(slot) }));
    this.#backfill = this.#openBackfill(record?.away ?? {});
    this.#archived = new ArchivedLeft(record?.archived);
    this.#archivedReading = this.#openArchivedReading();
    if (this.#isCaughtUp) this.#archivedReading.start();
    this.#connection = new ShardConnection({
      runner,
      token,
      slot,
      throttler: {
        waitForIdentify: async (shardId, signal) => {
          this.#isWaitingToIdentify = true;
          try {
            await throttler.waitForIdentify(shardId, signal);
          } finally {
            this.#isWaitingToIdentify = false;
          }
        },
      },
      budget,
      gateway,
      isSure,
      session: toSessionInfo(slot, record),
      onReady: (data) => this.#begin(data),
      onDispatch: (payload) => this.#dispatched(payload),
    });
    this.#flusher = setInterval(() => {
      this.#flush().catch((error: unknown) => {
        // It is tried again in a second; until then a successor would only be told more than it needs.
        runner.log.warn({ slot: slotKey(slot) }, `cannot store the session: ${describeError(error)}`);
      });
    }, FLUSH_INTERVAL_MS);
  }

  /** Connects, or comes back after `disconnect`. */
  connect(): void {
    this.#connection.connect();
  }

  /** Disconnects so that the session can be resumed. The slot stays this one's. */
  disconnect(): Promise<void> {
    return this.#connection.disconnect();
  }

  /**
   * Ends it here, leaving behind what a successor needs to go on. Call it when everything taken in is in the stream.
   * @throws NatsError when that cannot be written; the successor then goes by what was written last.
   */
  async handOver(): Promise<void> {
    await this.abandon();
    await this.#flush();
  }

  /** Ends it without a word, because somebody else holds the slot now. */
  async abandon(): Promise<void> {
    clearInterval(this.#flusher);
    await this.#connection.disconnect();
    this.#backfill.stop();
    this.#archivedReading.stop();
  }

  /** Undefined when Discord tells this session what is said, else what it is doing. */
  problem(): string | undefined {
    return this.#connection.problem();
  }

  /** Whether it waits for its turn to identify, or for the day's next IDENTIFYs, as any bot of this token would have to. */
  get isWaitingToIdentify(): boolean {
    return this.#isWaitingToIdentify || this.#options.budget.problem !== undefined;
  }

  /** How many dispatches wait for the stream. */
  get pending(): number {
    return this.#tracker.pending;
  }

  #begin(data: unknown): void {
    const ready = readySchema.safeParse(data);
    this.#tracker = new SequenceTracker();
    this.#isCaughtUp = false;
    this.#backfill.stop();
    this.#archivedReading.stop();
    if (!ready.success) {
      // Nothing is written down as dealt with, so that the next READY reads back.
      this.#unreadable.note('READY', describeIssues(ready.error));
      return;
    }
    this.#options.onReady(ready.data);
    const beganAt = snowflakeAt(Date.now());
    const guildIds = ready.data.guilds.map(({ id }) => id);
    const { from, oldest } = gapStart(this.#watermark, this.#options.limits.maxAgeMs, Date.now());
    this.#archived.began({ from, oldest, guildIds });
    const backfill = this.#openBackfill(this.#backfill.away, { watermark: this.#watermark, guildIds });
    this.#backfill = backfill;
    backfill.finished.then(
      () => {
        this.#watermark ??= beganAt;
        this.#isCaughtUp = true;
        this.#archivedReading.start();
      },
      (error: unknown) => {
        // Stopped on purpose, or Discord refused to be read: the watermark stays, and the next READY reads back again.
        const { runner, slot } = this.#options;
        runner.log.info({ slot: slotKey(slot) }, `backfill did not finish: ${describeError(error)}`);
      },
    );
  }

  #openBackfill(
    away: Readonly<Record<string, string>>,
    ready?: { watermark: string | null; guildIds: readonly string[] },
  ): Backfill {
    const { runner, rest, slot, limits } = this.#options;
    return new Backfill({
      rest,
      away,
      log: runner.log.child({ slot: slotKey(slot) }),
      unreadable: this.#unreadable,
      onMessages: (guildId, messages) => this.#takeBackfilled(guildId, messages),
      onGuildAway: (guildId) => this.#archived.wentAway(guildId),
      onGuildBack: (guildId, from) => {
        this.#archived.addSingle(guildId, from);
        if (this.#isCaughtUp) this.#archivedReading.start();
      },
      ...(ready === undefined ? {} : { ready }),
      ...limits,
    });
  }

  #openArchivedReading(): ArchivedReading {
    const { runner, rest, slot, botId, limits, backgroundPace } = this.#options;
    return new ArchivedReading({
      rest,
      log: runner.log.child({ slot: slotKey(slot) }),
      unreadable: this.#unreadable,
      left: this.#archived,
      shard: slot,
      botId,
      pace: backgroundPace,
      maxMessages: limits.maxMessages,
      isAway: (guildId) => guildId in this.#backfill.away,
      onMessages: (guildId, messages) => this.#takeBackfilled(guildId, messages),
    });
  }

  async #takeBackfilled(guildId: string, messages: readonly ChatMessage[]): Promise<void> {
    const asked = messages.map(async (message) => {
      try {
        await this.#options.handleMessage({ ...message, guild_id: guildId });
      } catch (error) {
        this.#unreadable.note('message read back', describeError(error), error);
      }
    });
    await Promise.all(asked);
  }

  #dispatched(payload: GatewayDispatchPayload): void {
    if (payload.t === GatewayDispatchEvents.MessageCreate) {
      this.#said(payload.s, payload.d);
      return;
    }
    const done = this.#tracker.received(payload.s);
    try {
      this.#changed(payload);
      this.#options.onDispatch(payload);
    } catch (error) {
      if (error instanceof ZodError) this.#unreadable.note(payload.t, describeIssues(error));
      else this.#unreadable.note(payload.t, describeError(error), error);
    }
    done();
  }

  /** A message: dealt with once what it asked for is in the stream. */
  #said(sequence: number, data: unknown): void {
    const message = chatMessageSchema.safeParse(data);
    const done = this.#tracker.received(sequence, message.data?.id);
    const passBy = (error: unknown) => {
      this.#unreadable.note(GatewayDispatchEvents.MessageCreate, describeError(error), error);
      done();
    };
    if (!message.success) {
      this.#unreadable.note(GatewayDispatchEvents.MessageCreate, describeIssues(message.error));
      done();
      return;
    }
    try {
      const stored = this.#options.handleMessage(message.data);
      if (stored === undefined) done();
      else stored.then(done, passBy);
    } catch (error) {
      passBy(error);
    }
  }

  /** Servers that come and go. @throws ZodError when the payload cannot be read. */
  #changed({ t, d }: GatewayDispatchPayload): void {
    if (t === GatewayDispatchEvents.GuildCreate) {
      this.#backfill.guildCame(parseGuild(d, this.#options.botId));
    } else if (t === GatewayDispatchEvents.GuildDelete) {
      const { id, unavailable } = guildGoneSchema.parse(d);
      if (unavailable) this.#backfill.guildWentAway(id, this.#dealtWith());
      else {
        this.#backfill.guildLeft(id);
        this.#archived.removed(id);
      }
    }
  }

  /** The newest message up to which everything is dealt with; null when nobody knows. */
  #dealtWith(): string | null {
    const newest = this.#isCaughtUp ? this.#tracker.newestMessageId : undefined;
    if (newest !== undefined && BigInt(newest) > BigInt(this.#watermark ?? 0)) this.#watermark = newest;
    return this.#watermark;
  }

  #record(): SessionRecord {
    const watermark = this.#dealtWith();
    const { away, isReading } = this.#backfill;
    const archived = this.#archived.record;
    const dealtWith = archived === undefined ? { watermark, away } : { watermark, away, archived };
    const info = this.#connection.session;
    // Resumed, a session would not tell again of a server that came back and is not read yet.
    if (!this.#isCaughtUp || isReading || info === null) return { session: null, ...dealtWith };
    const { sessionId, resumeURL } = info;
    return { session: { sessionId, resumeURL, sequence: this.#tracker.sequence }, ...dealtWith };
  }

  async #flush(): Promise<void> {
    const record = this.#record();
    const text = JSON.stringify(record);
    if (text === this.#written) return;
    await this.#options.store.write(this.slot, record);
    this.#written = text;
  }
}
