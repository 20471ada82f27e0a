import type { IIdentifyThrottler } from '@discordjs/ws';
import { snowflakeAt } from '@popple/shared/contract/ids';
import { describeError } from '@popple/shared/observability/log';
import type { Runner } from '@popple/shared/process/runner';
import {
  type APIGatewayBotInfo,
  type APIMessage,
  GatewayDispatchEvents,
  type GatewayDispatchPayload,
  type GatewayMessageCreateDispatchData,
  type GatewayReadyDispatchData,
  type REST,
} from 'discord.js';
import { ReadBack, type ReadBackLimits } from '../read-back/read-back';
import type { IdentifyBudget } from './identify-budget';
import { SequenceTracker } from './sequence';
import { type SessionRecord, type SessionStore, toSessionInfo } from './session-record';
import { ShardConnection } from './shard-connection';
import { type Slot, slotKey } from './slot';

/** How often what was dealt with is written down: what a killed bot's successor is told again. */
const FLUSH_INTERVAL_MS = 1_000;

/** What a message asked for is in the stream when this resolves; undefined when it asked for nothing. */
export type Intake = (message: GatewayMessageCreateDispatchData) => Promise<void> | undefined;

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
  gateway: APIGatewayBotInfo;
  limits: ReadBackLimits;
  intake: Intake;
  onReady(data: GatewayReadyDispatchData): void;
  /** Told of every dispatch, beside what the session does with it. */
  onDispatch(payload: GatewayDispatchPayload): void;
}

/**
 * The gateway session of one held slot.
 *
 * It is *caught up* when everything up to its watermark is dealt with and Discord tells the rest: after a resume, or once
 * reading back has finished. Until then the record says that there is no session to resume, so that a successor begins
 * anew and reads back, and the watermark stays where it was. From then on the record follows the tracker.
 */
export class SlotSession {
  readonly slot: Slot;
  readonly #options: SlotSessionOptions;
  readonly #connection: ShardConnection;
  readonly #flusher: ReturnType<typeof setInterval>;
  #tracker: SequenceTracker;
  #watermark: string | null;
  #readBack: ReadBack | undefined;
  #isCaughtUp: boolean;
  #written = '';

  constructor(options: SlotSessionOptions) {
    const { runner, token, slot, record, throttler, budget, gateway } = options;
    this.slot = slot;
    this.#options = options;
    this.#tracker = new SequenceTracker(record?.session?.sequence);
    this.#watermark = record?.watermark ?? null;
    this.#isCaughtUp = record?.session != null;
    this.#connection = new ShardConnection({
      runner,
      token,
      slot,
      throttler,
      budget,
      gateway,
      session: toSessionInfo(slot, record),
      onReady: (data) => this.#begin(data),
      onDispatch: (payload) => this.#dispatched(payload),
    });
    this.#flusher = setInterval(() => {
      this.#flush().catch((error: unknown) => {
        // It is tried again in a second; until then a successor would only be told more than it needs.
        runner.log.warn({ slot: slotKey(slot) }, `cannot write down the session: ${describeError(error)}`);
      });
    }, FLUSH_INTERVAL_MS);
  }

  /** Connects, or comes back after `leave`. */
  enter(): void {
    this.#connection.enter();
  }

  /** Disconnects so that the session can be resumed. The slot stays this one's. */
  leave(): Promise<void> {
    return this.#connection.leave();
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
    await this.#connection.leave();
    this.#readBack?.stop();
  }

  /** Undefined when Discord tells this session what is said, else what it is doing. */
  problem(): string | undefined {
    return this.#connection.problem();
  }

  /** How many dispatches wait for the stream. */
  get pending(): number {
    return this.#tracker.pending;
  }

  #begin(data: GatewayReadyDispatchData): void {
    const { runner, rest, botId, slot, limits, onReady } = this.#options;
    onReady(data);
    this.#tracker = new SequenceTracker();
    this.#readBack?.stop();
    if (this.#watermark === null) {
      // The first session there ever was: what was said before the bot came is none of its business.
      this.#watermark = snowflakeAt(Date.now());
      this.#isCaughtUp = true;
      return;
    }
    this.#isCaughtUp = false;
    const readBack = new ReadBack({
      rest,
      botId,
      log: runner.log.child({ slot: slotKey(slot) }),
      watermark: this.#watermark,
      guildIds: data.guilds.map(({ id }) => id),
      onMessages: (guildId, messages) => this.#takeReadBack(guildId, messages),
      ...limits,
    });
    this.#readBack = readBack;
    readBack.finished.then(
      () => {
        this.#isCaughtUp = true;
      },
      (error: unknown) => {
        // Stopped on purpose, or Discord refused to be read: the watermark stays, and the next READY reads back again.
        runner.log.info({ slot: slotKey(slot) }, `reading back did not finish: ${describeError(error)}`);
      },
    );
  }

  async #takeReadBack(guildId: string, messages: readonly APIMessage[]): Promise<void> {
    const asked = messages.map((message) =>
      this.#options.intake({ ...message, guild_id: guildId, mentions: [] }),
    );
    await Promise.all(asked);
  }

  #dispatched(payload: GatewayDispatchPayload): void {
    const messageId = payload.t === GatewayDispatchEvents.MessageCreate ? payload.d.id : undefined;
    const done = this.#tracker.received(payload.s, messageId);
    this.#options.onDispatch(payload);
    if (payload.t === GatewayDispatchEvents.GuildCreate) this.#readBack?.guildCame(payload.d);
    const stored =
      payload.t === GatewayDispatchEvents.MessageCreate ? this.#options.intake(payload.d) : undefined;
    if (stored === undefined) done();
    else stored.then(done, this.#options.runner.fail);
  }

  #record(): SessionRecord {
    if (!this.#isCaughtUp) return { session: null, watermark: this.#watermark };
    const newest = this.#tracker.newestMessageId;
    if (newest !== undefined && BigInt(newest) > BigInt(this.#watermark ?? 0)) this.#watermark = newest;
    const info = this.#connection.session;
    if (info === null) return { session: null, watermark: this.#watermark };
    const { sessionId, resumeURL } = info;
    return {
      session: { sessionId, resumeURL, sequence: this.#tracker.sequence },
      watermark: this.#watermark,
    };
  }

  async #flush(): Promise<void> {
    const record = this.#record();
    const text = JSON.stringify(record);
    if (text === this.#written) return;
    await this.#options.store.write(this.slot, record);
    this.#written = text;
  }
}
