import type { SessionInfo } from '@discordjs/ws';
import { snowflakeSchema } from '@popple/shared/contract/ids';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import { z } from 'zod';
import { archivedRecordSchema, mergeArchived } from '../../backfill/archived-left';
import { intentsFor } from '../connection/intents';
import { parseSlotKey, type Slot, slotKey } from '../leases/slot';

/** What the next holder of a slot needs to go on where this one ended. */
const sessionRecordSchema = z.object({
  /** The session to resume; null when there is none that can be. */
  session: z
    .object({
      sessionId: z.string().min(1),
      resumeURL: z.string().min(1),
      /** The highest sequence below which everything is in the stream. */
      sequence: z.int().min(0),
    })
    .nullable(),
  /** Where Discord's API was when the session began; absent in records of older versions. */
  apiUrl: z.string().optional(),
  /** The gateway intents that the session began with; absent in records of older versions, which had the text of all messages. */
  intents: z.int().optional(),
  /** Every message of the shard up to this one is handled; where a backfill begins. */
  watermark: snowflakeSchema.nullable(),
  /**
   * Servers that are in an outage, or have come back and are not read yet, each with a watermark of its own. Of a shard's
   * 2,500 servers, 45 bytes each.
   */
  away: z.record(snowflakeSchema, snowflakeSchema).default({}),
  /** Archived threads that are not read yet, beside the watermark; absent when there are none, and in older records. */
  archived: archivedRecordSchema.optional(),
});

export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** The record of a slot is not the one that this bot read or wrote last: what it knows is not what a successor goes by. */
export class SupersededError extends Error {
  override name = 'SupersededError';
}

/** What this process knows of an entry: which revision it is, and what it may have become. */
interface Known {
  revision: number;
  /** What was sent, and nobody knows whether it was stored. */
  readonly inDoubt: Set<string>;
}

/**
 * Sessions and watermarks by slot, in the NATS KV bucket that outlives every bot.
 *
 * A record that was read is replaced by compare-and-set: a bot that was frozen or cut off may not put its own in the place of
 * its successor's, nor into a bucket that was made again after NATS lost its volume. Requests were lost with the volume, and
 * only a slot without a record backfills them.
 */
export class SessionStore {
  readonly #bucket: Bucket;
  readonly #apiUrl: string | undefined;
  readonly #intents: number;
  readonly #known = new Map<string, Known>();

  /** `apiUrl` is where this bot finds Discord's API, and `intents` what it asks it to send; left out by who only looks. */
  constructor(bucket: Bucket, apiUrl?: string, intents: number = intentsFor(true)) {
    this.#bucket = bucket;
    this.#apiUrl = apiUrl;
    this.#intents = intents;
  }

  /**
   * What the last holder of a slot left; undefined when there was none, or when it cannot be read (then the slot begins
   * anew and is backfilled, which an unreadable record requires anyway). A session that began at another API, or
   * with other intents, is left out: the gateway it resumes at belongs to that API, and sends what those intents say.
   * @throws NatsError when the bucket cannot be asked.
   */
  async read(slot: Slot): Promise<SessionRecord | undefined> {
    const key = keyOf(slot);
    const entry = await this.#bucket.get(key);
    this.#known.set(key, { revision: entry?.revision ?? 0, inDoubt: new Set() });
    if (entry === null || entry.operation !== 'PUT') return undefined;
    const record = parseRecord(entry.string());
    if (record === undefined || this.#apiUrl === undefined) return record;
    const { apiUrl = this.#apiUrl, intents = intentsFor(true) } = record;
    return apiUrl === this.#apiUrl && intents === this.#intents ? record : { ...record, session: null };
  }

  /**
   * Writes it for the next holder.
   * @throws SupersededError when the record is not the one that was read or written here last; NatsError when it cannot be
   * written.
   */
  async write(slot: Slot, record: SessionRecord): Promise<void> {
    const key = keyOf(slot);
    const text = JSON.stringify({ ...record, apiUrl: this.#apiUrl, intents: this.#intents });
    const known = this.#known.get(key) ?? { revision: 0, inDoubt: new Set() };
    this.#known.set(key, known);
    known.inDoubt.add(text);
    try {
      known.revision = await this.#bucket.put(key, text, { previousSeq: known.revision });
    } catch (error) {
      if (!isJetStreamError(error, 'wrongLastSequence')) throw error;
      const entry = await this.#bucket.get(key);
      // One of our own writes may have gone through without its receipt.
      if (entry === null || !known.inDoubt.has(entry.string()))
        throw new SupersededError(`the record of slot ${slotKey(slot)} is another one`, { cause: error });
      known.revision = await this.#bucket.put(key, text, { previousSeq: entry.revision });
    }
    known.inDoubt.clear();
  }

  /**
   * Where the backfill of a slot without a record begins: as far as some earlier set of shards had got, whatever its count,
   * so that nothing is missed when the shard count changes, and which servers had been away. Without a watermark when no bot
   * ever ran, or when what they left was lost.
   * @throws NatsError when the bucket cannot be asked.
   */
  async inherited(): Promise<Inherited> {
    const found: { slot: Slot; record: Inherited }[] = [];
    for (const { key, value } of await this.#bucket.entries('session.>')) {
      const slot = parseSlotKey(key.slice('session.'.length));
      const record = parseRecord(value);
      if (slot && record) found.push({ slot, record });
    }
    return inheritedFrom(found);
  }
}

const keyOf = (slot: Slot) => `session.${slotKey(slot)}`;

/** How far an earlier set of shards had got. */
export type Inherited = Pick<SessionRecord, 'watermark' | 'away' | 'archived'>;

const higher = (a: bigint, b: bigint) => (a > b ? a : b);
const lower = (a: bigint, b: bigint) => (a < b ? a : b);

/** Every server that was away in one of the shards, with the oldest of its watermarks. */
function awayIn(records: readonly Inherited[]): Record<string, string> {
  const away = new Map<string, bigint>();
  for (const record of records)
    for (const [id, from] of Object.entries(record.away))
      away.set(id, lower(away.get(id) ?? BigInt(from), BigInt(from)));
  return Object.fromEntries([...away].map(([id, from]) => [id, String(from)]));
}

/**
 * Of each shard the replica that got furthest counts, of each set of shards the one that is furthest behind, and of the
 * sets the latest. A set of which a shard is missing does not count: what was read there is unknown. Null for none.
 */
export function inheritedFrom(records: readonly { slot: Slot; record: Inherited }[]): Inherited {
  const counts = new Set(records.map(({ slot }) => slot.shardCount));
  let latest: { watermark: bigint; set: readonly Inherited[] } | undefined;
  for (const shardCount of counts) {
    const shards = new Map<number, bigint>();
    const set = records.filter(({ slot }) => slot.shardCount === shardCount);
    for (const { slot, record } of set)
      if (record.watermark !== null)
        shards.set(slot.shard, higher(shards.get(slot.shard) ?? 0n, BigInt(record.watermark)));
    if (shards.size < shardCount) continue;
    const watermark = [...shards.values()].reduce(lower);
    if (latest === undefined || watermark > latest.watermark)
      latest = { watermark, set: set.map(({ record }) => record) };
  }
  if (latest === undefined) return { watermark: null, away: {} };
  const archived = mergeArchived(latest.set.map((record) => record.archived));
  const inherited = { watermark: String(latest.watermark), away: awayIn(latest.set) };
  return archived === undefined ? inherited : { ...inherited, archived };
}

function parseRecord(text: string): SessionRecord | undefined {
  try {
    return sessionRecordSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** The record's session as the library wants it. */
export function toSessionInfo(slot: Slot, record: SessionRecord | undefined): SessionInfo | null {
  if (!record?.session) return null;
  return { ...record.session, shardId: slot.shard, shardCount: slot.shardCount };
}
