import type { Request } from '@popple/shared/contract/request';
import { backoffMs } from '@popple/shared/messaging/backoff';
import type { BulkPublisher, StreamMessage } from '@popple/shared/messaging/bulk-publisher';
import { encode } from '@popple/shared/messaging/codec';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { describeError, type Log } from '@popple/shared/observability/log';
import { nextTurn } from '@popple/shared/process/next-turn';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { requestsHeld, requestsPublished, requestsRefused, requestsWaiting } from '../metrics';
import { type GuildShares, requestCostBytes } from './guild-shares';

/** How many requests are on their way to the stream at once. */
const WINDOW = 256;
/** How long to wait before looking whether a server that is held may publish again. */
const HELD_LOOK_MS = 1_000;
/** How long a request of a server that has used its share waits for room before it is refused. */
const HELD_MAX_MS = 600_000;
/** The part of the outbox that one server past its share may fill. */
const HELD_PART = 1 / 20;
/** How often the log has a line about the same server. */
const LOG_EVERY_MS = 60_000;

/** What became of a request. `refused`: its server has used its share, and it is dropped. */
export type Stored = 'stored' | 'refused';

/** What a member is told whose request was refused. */
export const OVER_SHARE =
  'This server has used up its share of the space that all servers have, so this was not counted. Try again in some hours.';

interface Entry extends StreamMessage {
  kind: Request['kind'];
  guildId: string;
  costBytes: number;
  /** Since when it waits only because its server has used its share. */
  heldSinceMs: number | undefined;
  finish(outcome: Stored): void;
}

/** When to try the requests of a server again, one at first, after the stream refused one. */
interface Refusal {
  failures: number;
  againAtMs: number;
}

export interface OutboxOptions {
  publisher: Pick<BulkPublisher, 'publish'>;
  log: Log;
  /** How many requests may wait before the outbox is full. */
  capacity: number;
  /** What each server may use of the streams; undefined for as much as they take. */
  shares?: Pick<GuildShares, 'charge' | 'isOver' | 'look' | 'freeBytes'>;
  /** How long a request waits for its server's share at most, in milliseconds. */
  heldMaxMs?: number;
}

/**
 * What was read from the gateway and is not in the stream yet, oldest first.
 *
 * Requests leave in the order in which they came, a window at a time. What gets no PubAck stays and is published again,
 * for as long as it takes; the request's id makes the stream drop what it had after all. Who waits for `filled` disconnects
 * from the gateway then.
 *
 * Servers are passed by, so that one does not hold up the others: one of which the stream refused a request is tried again
 * after a growing pause, with one request at first; one that has used its share of the streams is *held*. Both keep their
 * order. Held requests do not make the outbox full. They have bounds of their own, in number (a twentieth of the capacity
 * a server, the capacity for all) and in time, and past those they are refused: counted, logged, and reported to the caller.
 * Nothing else is ever thrown away.
 */
export class Outbox {
  readonly #publisher: Pick<BulkPublisher, 'publish'>;
  readonly #log: Log;
  readonly #capacity: number;
  readonly #shares: OutboxOptions['shares'];
  readonly #heldMaxMs: number;
  readonly #refusals = new Map<string, Refusal>();
  readonly #loggedAtMs = new Map<string, number>();
  /** Held requests by server. */
  readonly #held = new Map<string, number>();
  #heldCount = 0;
  #entries: Entry[] = [];
  #isPublishing = false;
  #problem: string | undefined;
  #windowEnded = Promise.withResolvers<void>();
  #added = Promise.withResolvers<void>();
  #filled = Promise.withResolvers<void>();

  constructor({ publisher, log, capacity, shares, heldMaxMs = HELD_MAX_MS }: OutboxOptions) {
    this.#publisher = publisher;
    this.#log = log;
    this.#capacity = capacity;
    this.#shares = shares;
    this.#heldMaxMs = heldMaxMs;
  }

  /** Takes a request; resolves when the stream has it, or when it is refused because its server has used its share. */
  add(request: Request): Promise<Stored> {
    return new Promise((resolve) => {
      const data = encode(request);
      const entry: Entry = {
        kind: request.kind,
        guildId: request.guildId,
        subject: requestSubject(request),
        id: request.id,
        data,
        costBytes: requestCostBytes(request, data.length),
        heldSinceMs: undefined,
        finish: resolve,
      };
      const { guildId, costBytes } = entry;
      if (this.#held.has(guildId) || this.#shares?.isOver(guildId, costBytes, costBytes) === true) {
        if (!this.#hasRoomToHold(guildId)) return this.#refuse(entry);
        this.#hold(entry);
      }
      this.#entries.push(entry);
      this.#added.resolve();
      if (this.isFull) this.#filled.resolve();
      if (!this.#isPublishing) void this.#publishAll();
    });
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Whether no more should be read until some has left. */
  get isFull(): boolean {
    return this.#entries.length - this.#heldCount >= this.#capacity;
  }

  /** Resolves when a request has made it full, or at once when it is full. */
  async filled(): Promise<void> {
    while (!this.isFull) {
      this.#filled = Promise.withResolvers();
      await this.#filled.promise;
    }
  }

  /** Undefined while requests leave as they come, or wait for their server's share alone; else why they do not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Resolves when everything taken so far is in the stream but what is held: Discord sends that again to whoever resumes
   * the session, because it was never stored as handled.
   */
  async emptied(): Promise<void> {
    while (this.#entries.length > this.#heldCount) await this.#windowEnded.promise;
  }

  async #publishAll(): Promise<void> {
    this.#isPublishing = true;
    // Everything that one read of the gateway's socket brought leaves together.
    await nextTurn();
    for (let failures = 0; this.#entries.length > 0; ) {
      await this.#shares?.look(new Set(this.#entries.slice(0, WINDOW).map(({ guildId }) => guildId)));
      this.#added = Promise.withResolvers();
      const window = this.#nextWindow();
      const problem = await this.#publish(window);
      this.#count();
      this.#windowEnded.resolve();
      this.#windowEnded = Promise.withResolvers();
      if (problem !== undefined) {
        this.#problem = problem;
        const pauseMs = backoffMs(failures, RETRY_PACES.inHand);
        failures += 1;
        this.#log.warn(
          `${this.#entries.length} requests wait for NATS: ${problem}; trying again in ${pauseMs} ms`,
        );
        await Bun.sleep(pauseMs);
        continue;
      }
      failures = 0;
      if (this.#refusals.size === 0) this.#problem = undefined;
      if (window.length === 0 && this.#entries.length > 0)
        await Promise.race([this.#added.promise, Bun.sleep(this.#pauseMs())]);
    }
    this.#isPublishing = false;
  }

  /** How long nothing can leave: until a server that was refused is tried again, or held ones are looked at. */
  #pauseMs(): number {
    const againAtMs = Math.min(...[...this.#refusals.values()].map((refusal) => refusal.againAtMs));
    return Math.max(1, Math.min(HELD_LOOK_MS, againAtMs - Date.now()));
  }

  /** The oldest requests that may leave now. Holds and refuses what has to be on the way. */
  #nextWindow(): Entry[] {
    const window: Entry[] = [];
    const passedBy = new Map<string, 'for its share' | 'for now'>();
    const bytes = new Map<string, number>();
    const nowMs = Date.now();
    const refused = new Set<Entry>();
    let allBytes = 0;
    for (const entry of this.#entries) {
      if (window.length === WINDOW) break;
      const { guildId, costBytes } = entry;
      const refusal = this.#refusals.get(guildId);
      const ofGuild = (bytes.get(guildId) ?? 0) + costBytes;
      if (!passedBy.has(guildId)) {
        if (refusal !== undefined && refusal.againAtMs > nowMs) passedBy.set(guildId, 'for now');
        else if (this.#shares?.isOver(guildId, ofGuild, allBytes + costBytes) === true)
          passedBy.set(guildId, 'for its share');
      }
      const passing = passedBy.get(guildId);
      if (passing === 'for its share') {
        if (entry.heldSinceMs === undefined) this.#hold(entry, nowMs);
        else if (nowMs - entry.heldSinceMs > this.#heldMaxMs) refused.add(entry);
      }
      if (passing !== undefined) continue;
      this.#release(entry);
      window.push(entry);
      bytes.set(guildId, ofGuild);
      allBytes += costBytes;
      // One of several could be refused and a later, smaller one taken.
      if (refusal !== undefined || this.#isNearlyFull(allBytes)) passedBy.set(guildId, 'for now');
    }
    if (refused.size > 0) {
      this.#entries = this.#entries.filter((entry) => !refused.has(entry));
      for (const entry of refused) this.#refuse(entry);
    }
    return window;
  }

  /** Whether the stream may refuse something of a window that has so many bytes already. */
  #isNearlyFull(windowBytes: number): boolean {
    return (this.#shares?.freeBytes ?? Number.POSITIVE_INFINITY) < 2 * windowBytes;
  }

  /** Publishes a window; resolves to why there is no PubAck for some of it that the stream did not refuse itself. */
  async #publish(window: readonly Entry[]): Promise<string | undefined> {
    if (window.length === 0) return undefined;
    const stored = new Set<Entry>();
    const refused = new Map<string, string>();
    let problem: string | undefined;
    try {
      await this.#publisher.publish(
        window,
        (entry, duplicate) => {
          stored.add(entry);
          this.#shares?.charge(entry.guildId, duplicate ? 0 : entry.costBytes);
          requestsPublished.inc({ kind: entry.kind, duplicate: String(duplicate) });
          entry.finish('stored');
        },
        (entry, error) => refused.set(entry.guildId, describeError(error)),
      );
    } catch (error) {
      problem = describeError(error);
    }
    if (stored.size > 0) this.#entries = this.#entries.filter((entry) => !stored.has(entry));
    for (const { guildId } of window) if (!refused.has(guildId)) this.#refusals.delete(guildId);
    if (refused.size === 0) return problem;
    for (const guildId of refused.keys()) this.#passBy(guildId);
    const [reason] = refused.values();
    this.#problem = reason;
    this.#logSometimes('', `the stream refuses requests of ${refused.size} servers: ${reason}; they wait`);
    return undefined;
  }

  #passBy(guildId: string): void {
    const failures = this.#refusals.get(guildId)?.failures ?? 0;
    const againAtMs = Date.now() + backoffMs(failures, RETRY_PACES.inHand);
    this.#refusals.set(guildId, { failures: failures + 1, againAtMs });
  }

  #hasRoomToHold(guildId: string): boolean {
    const perGuild = Math.max(1, Math.floor(this.#capacity * HELD_PART));
    return (this.#held.get(guildId) ?? 0) < perGuild && this.#heldCount < this.#capacity;
  }

  #hold(entry: Entry, nowMs = Date.now()): void {
    entry.heldSinceMs = nowMs;
    this.#heldCount += 1;
    this.#held.set(entry.guildId, (this.#held.get(entry.guildId) ?? 0) + 1);
    this.#logSometimes(
      entry.guildId,
      `server ${entry.guildId} has used its share of the streams: its requests wait`,
    );
  }

  #release(entry: Entry): void {
    if (entry.heldSinceMs === undefined) return;
    entry.heldSinceMs = undefined;
    this.#heldCount -= 1;
    const left = (this.#held.get(entry.guildId) ?? 0) - 1;
    if (left > 0) this.#held.set(entry.guildId, left);
    else this.#held.delete(entry.guildId);
  }

  /** Gives a request up, which is in the outbox no longer. */
  #refuse(entry: Entry): void {
    this.#release(entry);
    requestsRefused.inc();
    this.#logSometimes(
      `${entry.guildId} refused`,
      `server ${entry.guildId} has used its share of the streams: its requests are refused`,
    );
    entry.finish('refused');
  }

  #logSometimes(about: string, line: string): void {
    const nowMs = Date.now();
    if (nowMs - (this.#loggedAtMs.get(about) ?? Number.NEGATIVE_INFINITY) < LOG_EVERY_MS) return;
    this.#loggedAtMs.set(about, nowMs);
    this.#log.warn(line);
  }

  #count(): void {
    requestsWaiting.set(this.#entries.length - this.#heldCount);
    requestsHeld.set(this.#heldCount);
  }
}
