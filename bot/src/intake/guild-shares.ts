import {
  MAX_BOARD_SIZE,
  MAX_HISTORY_SIZE,
  MAX_REASON_LENGTH,
  MAX_SUBJECT_LENGTH,
} from '@popple/shared/contract/limits';
import type { Request } from '@popple/shared/contract/request';
import { STREAMS } from '@popple/shared/messaging/topology';
import { describeError, type Log } from '@popple/shared/observability/log';
import type { JetStreamManager } from 'nats';

/** How old what is known of the streams may get while requests are published. */
const LOOK_EVERY_MS = 5_000;
/** How many servers are counted in one look at most: each is a question to NATS, while requests wait. */
const COUNTED_AT_ONCE = 20;

/** What a stream keeps beside the payload of a message: its subject, its id and the record's frame. */
const STORED_BESIDE_BYTES = 150;
/** What an event has beside its entries: what it repeats of its request, with ids of 19 digits. */
const EVENT_ENVELOPE_BYTES = 300;
/** What an event has for each entry beside the text: field names, and a total of up to 20 digits. */
const EVENT_ENTRY_BYTES = 48;
/** The longest text of an entry: a UTF-16 code unit is at most three bytes. */
const LONGEST_TEXT_BYTES = 3 * MAX_SUBJECT_LENGTH;

/** What a board of this size may be as an event, in bytes, when every name on it is as long as can be. */
export function boardCostBytes(size: number): number {
  return STORED_BESIDE_BYTES + EVENT_ENVELOPE_BYTES + size * (EVENT_ENTRY_BYTES + LONGEST_TEXT_BYTES);
}

/** What an entry of a history has beside its texts: field names, ids of 19 digits, times, and what undid it. */
const HISTORY_ENTRY_BYTES = 350;

/** What a page of history of this size may be as an event, in bytes, with as many refusals beside it. */
export function historyCostBytes(size: number): number {
  const entry = HISTORY_ENTRY_BYTES + LONGEST_TEXT_BYTES + 3 * MAX_REASON_LENGTH;
  return STORED_BESIDE_BYTES + EVENT_ENVELOPE_BYTES + 2 * size * entry;
}

/** What the longest event of a kind that answers a short request may be; undefined for the others. */
function longestCostBytes(kind: string): number | undefined {
  if (kind === 'check-board') return boardCostBytes(MAX_BOARD_SIZE);
  return kind === 'check-history' ? historyCostBytes(MAX_HISTORY_SIZE) : undefined;
}

/**
 * How many bytes of a stream a request takes at most, in POPPLE_REQUESTS or, as the event that answers it, in
 * POPPLE_EVENTS, whichever is more: `top 100` is a short request whose event may be 40 kB. `dataBytes` is the length of
 * its payload.
 */
export function requestCostBytes(request: Request, dataBytes: number): number {
  if (request.kind === 'check-board') return boardCostBytes(request.size);
  if (request.kind === 'check-history') return historyCostBytes(request.size);
  const entries =
    'changes' in request ? request.changes.length : 'subjects' in request ? request.subjects.length : 0;
  return STORED_BESIDE_BYTES + dataBytes + entries * EVENT_ENTRY_BYTES;
}

/** How full a stream is. */
interface StreamFill {
  bytes: number;
  messages: number;
  /** Past so many bytes it refuses; Infinity when it has no such limit. */
  maxBytes: number;
}

/** What there is to know about the streams that servers share. */
interface StreamRoom {
  /** How full the streams of requests and of events are. */
  fills(): Promise<{ requests: StreamFill; events: StreamFill }>;
  /** How many requests of a server the stream keeps, by kind. */
  requestsOf(guildId: string): Promise<Map<string, number>>;
}

/** Asks JetStream. Its methods reject with NatsError when NATS cannot be reached or does not let this user ask. */
export function streamRoom(manager: JetStreamManager): StreamRoom {
  const fill = async (stream: string): Promise<StreamFill> => {
    const { state, config } = await manager.streams.info(stream);
    const maxBytes = config.max_bytes > 0 ? config.max_bytes : Number.POSITIVE_INFINITY;
    return { bytes: state.bytes, messages: state.messages, maxBytes };
  };
  return {
    fills: async () => {
      const [requests, events] = await Promise.all([fill(STREAMS.requests), fill(STREAMS.events)]);
      return { requests, events };
    },
    requestsOf: async (guildId) => {
      const filter = { subjects_filter: `popple.request.*.${guildId}` };
      const { state } = await manager.streams.info(STREAMS.requests, filter);
      return new Map(
        Object.entries(state.subjects ?? {}).map(([subject, count]) => [subject.split('.')[2] ?? '', count]),
      );
    },
  };
}

export interface GuildSharesOptions {
  room: StreamRoom;
  log: Log;
  /** How long the streams keep what they have. */
  maxAgeMs: number;
  now?: () => number;
}

interface Account {
  bytes: number;
  atMs: number;
}

/**
 * How much of the streams each server has used, and whether it may use more.
 *
 * Streams keep what was applied, for days, so that it can be replayed: it is what is kept that fills them, and not what
 * waits. While a stream is at most half full, everybody may use it. Past that, a server may keep no more than what is
 * still free (the dynamic threshold of shared-memory switches): one that floods alone gets half, two get a third each, and
 * for all others there is always room. A fixed number of messages a server (max_msgs_per_subject) would refuse a busy
 * honest server beside an empty stream, and count a message of 12 kB like one of 200 bytes.
 *
 * Accounts are in bytes, kept in memory, and fade as the streams forget. A process that has no account of a server, since
 * it began or took the server's shard over, makes one from how many of its messages the stream keeps.
 */
export class GuildShares {
  readonly #room: StreamRoom;
  readonly #log: Log;
  readonly #maxAgeMs: number;
  readonly #now: () => number;
  readonly #accounts = new Map<string, Account>();
  readonly #counted = new Set<string>();
  #fills: { requests: StreamFill; events: StreamFill } | undefined;
  /** What was published since the streams were looked at. */
  #sinceBytes = 0;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ room, log, maxAgeMs, now = Date.now }: GuildSharesOptions) {
    this.#room = room;
    this.#log = log;
    this.#maxAgeMs = maxAgeMs;
    this.#now = now;
  }

  /** The stream has a request of a server, which takes so many bytes. */
  charge(guildId: string, bytes: number): void {
    this.#accounts.set(guildId, { bytes: this.usedBytes(guildId) + bytes, atMs: this.#now() });
    this.#sinceBytes += bytes;
  }

  /** What a server uses, as far as is known, in bytes. */
  usedBytes(guildId: string): number {
    const account = this.#accounts.get(guildId);
    if (account === undefined) return 0;
    return account.bytes * Math.exp((account.atMs - this.#now()) / this.#maxAgeMs);
  }

  /** What is left in the fuller stream, in bytes; Infinity while that is not known. */
  get freeBytes(): number {
    return Math.min(...this.#streams().map(({ maxBytes, bytes }) => maxBytes - bytes - this.#sinceBytes));
  }

  /**
   * Whether a server has used its share. `guildBytes` and `allBytes` are what is about to be published beside, for this
   * server and for all.
   */
  isOver(guildId: string, guildBytes = 0, allBytes = 0): boolean {
    if (!this.#isScarce(allBytes)) return false;
    return this.usedBytes(guildId) + guildBytes > this.freeBytes - allBytes;
  }

  /**
   * Looks at the streams when what is known is older than five seconds, and, while one is more than half full, counts what it
   * keeps of these servers, once for each. What cannot be seen stays as it was known: the streams themselves refuse too.
   */
  async look(guildIds: Iterable<string>): Promise<void> {
    try {
      if (this.#now() - this.#lookedAtMs >= LOOK_EVERY_MS) {
        this.#lookedAtMs = this.#now();
        this.#fills = await this.#room.fills();
        this.#sinceBytes = 0;
      }
      if (!this.#isScarce(0)) return;
      const unknown = [...guildIds].filter((guildId) => !this.#counted.has(guildId));
      for (const guildId of unknown.slice(0, COUNTED_AT_ONCE)) await this.#count(guildId);
    } catch (error) {
      this.#log.debug(`cannot see how full the streams are: ${describeError(error)}`);
    }
  }

  #streams(): StreamFill[] {
    return this.#fills === undefined ? [] : [this.#fills.requests, this.#fills.events];
  }

  #isScarce(moreBytes: number): boolean {
    return this.#streams().some(({ bytes, maxBytes }) => bytes + this.#sinceBytes + moreBytes > maxBytes / 2);
  }

  async #count(guildId: string): Promise<void> {
    const requests = this.#fills?.requests;
    if (requests === undefined) return;
    const counts = await this.#room.requestsOf(guildId);
    this.#counted.add(guildId);
    // When one server has filled the stream, the usual message is one of its own.
    const usualBytes = requests.messages === 0 ? 0 : requests.bytes / requests.messages;
    let bytes = 0;
    for (const [kind, count] of counts) bytes += count * (longestCostBytes(kind) ?? usualBytes);
    if (bytes > this.usedBytes(guildId)) this.#accounts.set(guildId, { bytes, atMs: this.#now() });
  }
}
