import type { SessionInfo } from '@discordjs/ws';
import { snowflakeSchema } from '@popple/shared/contract/ids';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { z } from 'zod';
import { parseSlotKey, type Slot, slotKey } from './slot';

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
  /** Every message of the shard up to this one is dealt with; where read-back begins. */
  watermark: snowflakeSchema.nullable(),
});

export type SessionRecord = z.infer<typeof sessionRecordSchema>;

/** Sessions and watermarks by slot, in the NATS KV bucket that outlives every bot. */
export class SessionStore {
  readonly #bucket: Bucket;
  readonly #apiUrl: string | undefined;

  /** `apiUrl` is where this bot finds Discord's API; left out by who only looks. */
  constructor(bucket: Bucket, apiUrl?: string) {
    this.#bucket = bucket;
    this.#apiUrl = apiUrl;
  }

  /**
   * What the last holder of a slot left; undefined when there was none, or when it cannot be read (then the slot begins
   * anew and reads back, which is what an unreadable record calls for anyway). A session that began at another API is
   * left out: the gateway it resumes at belongs to that one.
   * @throws NatsError when the bucket cannot be asked.
   */
  async read(slot: Slot): Promise<SessionRecord | undefined> {
    const entry = await this.#bucket.get(`session.${slotKey(slot)}`);
    if (entry === null || entry.operation !== 'PUT') return undefined;
    const record = parseRecord(entry.string());
    if (record?.apiUrl === undefined || this.#apiUrl === undefined || record.apiUrl === this.#apiUrl)
      return record;
    return { ...record, session: null };
  }

  /** Writes it for the next holder. @throws NatsError when it cannot be written. */
  async write(slot: Slot, record: SessionRecord): Promise<void> {
    await this.#bucket.put(`session.${slotKey(slot)}`, JSON.stringify({ ...record, apiUrl: this.#apiUrl }));
  }

  /**
   * Where a slot without a record reads back from: as far as some earlier set of shards had got, whatever its count, so
   * that nothing is missed when the shard count changes. Undefined when no bot ever ran.
   * @throws NatsError when the bucket cannot be asked.
   */
  async inheritedWatermark(): Promise<string | undefined> {
    const found: { slot: Slot; watermark: string }[] = [];
    for (const { key, value } of await this.#bucket.entries('session.>')) {
      const slot = parseSlotKey(key.slice('session.'.length));
      const watermark = parseRecord(value)?.watermark;
      if (slot && watermark) found.push({ slot, watermark });
    }
    return inheritedFrom(found);
  }
}

const higher = (a: bigint, b: bigint) => (a > b ? a : b);
const lower = (a: bigint, b: bigint) => (a < b ? a : b);

/**
 * Of each shard the replica that got furthest counts, of each set of shards the one that is furthest behind, and of the
 * sets the latest. Undefined for none.
 */
export function inheritedFrom(records: readonly { slot: Slot; watermark: string }[]): string | undefined {
  const sets = new Map<number, Map<number, bigint>>();
  for (const { slot, watermark } of records) {
    const shards = sets.get(slot.shardCount) ?? new Map<number, bigint>();
    shards.set(slot.shard, higher(shards.get(slot.shard) ?? 0n, BigInt(watermark)));
    sets.set(slot.shardCount, shards);
  }
  const furthest = [...sets.values()].map((shards) => [...shards.values()].reduce(lower));
  return furthest.length === 0 ? undefined : String(furthest.reduce(higher));
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
