import type { IIdentifyThrottler } from '@discordjs/ws';
import { snowflakeAt } from '@popple/shared/contract/ids';
import { describeError, type Log } from '@popple/shared/observability/log';
import type { Runner } from '@popple/shared/process/runner';
import type { APIGatewayBotInfo, REST } from 'discord.js';
import type { BackfillLimits } from '../../backfill/backfill-context';
import type { BackgroundPace } from '../../backfill/background-pace';
import type { GuildView } from '../../backfill/guild';
import { SessionBackfill } from '../../backfill/session-backfill';
import type { ChatMessage } from '../../intake/chat-message';
import type { HandleMessage } from '../../intake/message-handler';
import { describeIssues, Unreadable } from '../../unreadable';
import type { IdentifyBudget } from '../connection/identify-budget';
import { type Ready, readySchema } from '../connection/ready';
import { ShardConnection } from '../connection/shard-connection';
import { type AnyDispatchHandler, DispatchTable } from '../dispatches/dispatch-table';
import { SequenceTracker } from '../dispatches/sequence';
import { serverDispatches } from '../dispatches/servers';
import { type Slot, slotKey } from '../leases/slot';
import { RecordWriter } from './record-writer';
import { type SessionRecord, type SessionStore, toSessionInfo } from './session-record';

export interface SlotSessionOptions {
  runner: Runner;
  rest: REST;
  token: string;
  /** What Discord is asked to send. */
  intents: number;
  botId: string;
  slot: Slot;
  /** What the last holder left; undefined when there was none. */
  record: SessionRecord | undefined;
  store: SessionStore;
  throttler: IIdentifyThrottler;
  budget: IdentifyBudget;
  isLeaseValid(): boolean;
  gateway: APIGatewayBotInfo;
  limits: BackfillLimits;
  /** Shared by all sessions of the bot. */
  backgroundPace: BackgroundPace;
  /** The handlers of dispatches, but those of servers that come and go: they belong to this session's backfill. */
  handlers: readonly AnyDispatchHandler[];
  /** Handles the messages of a backfill. */
  handleMessage: HandleMessage;
  onReady(data: Ready): void;
  /** A server has come, also again. */
  onGuild(guild: GuildView): void;
}

/**
 * The gateway session of one held slot: a connection whose dispatches a table hands to their handlers, and a backfill of
 * what it did not receive.
 *
 * Until its backfill is caught up, the record has no session to resume, so that a successor begins a new one and backfills,
 * and the watermark stays where it was. From then on the record follows the sequence that is handled. A server in an outage
 * keeps a watermark of its own, until it has come back and been read. Threads archived meanwhile are read after that, in the
 * background; the record has which are left, and the successor goes on with them.
 */
export class SlotSession {
  readonly slot: Slot;
  readonly #options: SlotSessionOptions;
  readonly #log: Log;
  readonly #unreadable: Unreadable;
  readonly #connection: ShardConnection;
  readonly #backfill: SessionBackfill;
  readonly #writer: RecordWriter;
  #tracker: SequenceTracker;
  #watermark: string | null;
  #isWaitingToIdentify = false;

  constructor(options: SlotSessionOptions) {
    const { runner, rest, token, botId, slot, record, store, throttler, budget, gateway, isLeaseValid } =
      options;
    this.slot = slot;
    this.#options = options;
    this.#log = runner.log.child({ slot: slotKey(slot) });
    this.#unreadable = new Unreadable(this.#log);
    this.#tracker = new SequenceTracker(record?.session?.sequence);
    this.#watermark = record?.watermark ?? null;
    this.#backfill = new SessionBackfill({
      rest,
      log: this.#log,
      unreadable: this.#unreadable,
      shard: slot,
      botId,
      limits: options.limits,
      backgroundPace: options.backgroundPace,
      left: record ?? {},
      isResumed: record?.session != null,
      onMessages: (guildId, messages) => this.#handleBackfilled(guildId, messages),
    });
    const servers = serverDispatches(
      {
        guildCame: (guild) => {
          options.onGuild(guild);
          this.#backfill.guildCame(guild);
        },
        guildWentAway: (guildId) => this.#backfill.guildWentAway(guildId, this.#handledUpTo()),
        guildLeft: (guildId) => this.#backfill.guildLeft(guildId),
      },
      botId,
    );
    const dispatches = new DispatchTable([...options.handlers, ...servers], this.#unreadable);
    this.#connection = new ShardConnection({
      runner,
      token,
      intents: options.intents,
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
      isLeaseValid,
      session: toSessionInfo(slot, record),
      onReady: (data) => this.#begin(data),
      onDispatch: (payload) => dispatches.dispatch(payload, this.#tracker),
    });
    this.#writer = new RecordWriter({ store, slot, log: runner.log, record: () => this.#record() });
  }

  /** Connects, also after `disconnect`. */
  connect(): void {
    this.#connection.connect();
  }

  /** Disconnects so that the session can be resumed. The slot stays this one's. */
  disconnect(): Promise<void> {
    return this.#connection.disconnect();
  }

  /**
   * Ends it here, leaving behind what a successor needs to go on. Call it when everything received is handled.
   * @throws NatsError when that cannot be stored; the successor then goes by what was stored last.
   */
  async handOver(): Promise<void> {
    await this.abandon();
    await this.#writer.store();
  }

  /** Ends it without a record, because another bot holds the slot now. */
  async abandon(): Promise<void> {
    this.#writer.stop();
    await this.#connection.disconnect();
    this.#backfill.stop();
  }

  /**
   * Whether the stored record is not this session's: NATS lost it, or another bot held the slot meanwhile. What the record
   * says holds, and the session here has to give way to one that begins from it.
   */
  get isSuperseded(): boolean {
    return this.#writer.isSuperseded;
  }

  /** Undefined when the session is ready, else what it is doing. */
  problem(): string | undefined {
    return this.#connection.problem();
  }

  /** Whether it waits for its turn to identify, or for the day's next IDENTIFYs, as any bot of this token would have to. */
  get isWaitingToIdentify(): boolean {
    return this.#isWaitingToIdentify || this.#options.budget.problem !== undefined;
  }

  /** How many dispatches are not handled yet. */
  get pending(): number {
    return this.#tracker.pending;
  }

  /** READY: a session has begun, and nothing written before it is sent. */
  #begin(data: unknown): void {
    const ready = readySchema.safeParse(data);
    this.#tracker = new SequenceTracker();
    if (!ready.success) {
      // Nothing counts as handled, so that the next READY backfills.
      this.#backfill.forget();
      this.#unreadable.note('READY', describeIssues(ready.error));
      return;
    }
    this.#options.onReady(ready.data);
    const beganAt = snowflakeAt(Date.now());
    const guildIds = ready.data.guilds.map(({ id }) => id);
    this.#backfill.begin(this.#watermark, guildIds).then(
      () => {
        this.#watermark ??= beganAt;
      },
      (error: unknown) => {
        // Stopped on purpose, or Discord refused to be read: the watermark stays, and the next READY backfills again.
        this.#log.info(`backfill did not finish: ${describeError(error)}`);
      },
    );
  }

  async #handleBackfilled(guildId: string, messages: readonly ChatMessage[]): Promise<void> {
    const handled = messages.map(async (message) => {
      try {
        await this.#options.handleMessage({ ...message, guild_id: guildId });
      } catch (error) {
        this.#unreadable.note('message read back', describeError(error), error);
      }
    });
    await Promise.all(handled);
  }

  /** The newest message up to which everything is handled; null when that is unknown. */
  #handledUpTo(): string | null {
    const newest = this.#backfill.isCaughtUp ? this.#tracker.newestMessageId : undefined;
    if (newest !== undefined && BigInt(newest) > BigInt(this.#watermark ?? 0)) this.#watermark = newest;
    return this.#watermark;
  }

  #record(): SessionRecord {
    const { isCaughtUp, isReading, record } = this.#backfill;
    const handled = { watermark: this.#handledUpTo(), ...record, away: { ...record.away } };
    const info = this.#connection.session;
    // Resumed, a session receives no GUILD_CREATE of a server that came back and is not read yet.
    if (!isCaughtUp || isReading || info === null) return { session: null, ...handled };
    const { sessionId, resumeURL } = info;
    return { session: { sessionId, resumeURL, sequence: this.#tracker.sequence }, ...handled };
  }
}
