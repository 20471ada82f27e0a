import { snowflakeSchema } from '@popple/shared/contract/ids';
import { z } from 'zod';

/** Servers by their ids, in ascending order: above `after`, and not above `until`. */
const partSchema = z.object({ after: snowflakeSchema.optional(), until: snowflakeSchema.optional() });

/** A round through all servers of a shard. */
const roundSchema = z.object({
  /** Read what is newer than this message. */
  from: snowflakeSchema,
  /** The servers that are left, in the order in which they are read. */
  parts: z.array(partSchema).min(1),
});

/** Which archived threads are left to read. */
export const archivedRecordSchema = z.object({
  round: roundSchema.optional(),
  /** Servers to read from a message of their own, beside the round. */
  guilds: z.record(snowflakeSchema, snowflakeSchema).default({}),
});

export type ArchivedRecord = z.infer<typeof archivedRecordSchema>;
type Round = z.infer<typeof roundSchema>;

const newer = (a: string, b: string) => (BigInt(a) > BigInt(b) ? a : b);
const older = (a: string | undefined, b: string) => (a !== undefined && BigInt(a) < BigInt(b) ? a : b);

/** A server to be read by itself; another object whenever it is asked for again. */
export interface SingleGuild {
  /** Read what is newer than this message. */
  readonly from: string;
}

/**
 * In which servers of a shard archived threads are left to read, and from where.
 *
 * Each READY begins a *round* through all servers, from where everything was handled; it goes by server, in the order
 * of their ids, so that two ids say how far it is. A READY in the midst of a round makes that one begin anew from the
 * older of the two, but at the server where it was, so that no server is kept waiting by READYs that follow each other
 * soon. *Single* servers are those that were in an outage, or that could not be read when it was their turn.
 */
export class ArchivedLeft {
  #round: Round | undefined;
  readonly #single: Map<string, SingleGuild>;

  /** Goes on with what was written down. */
  constructor(record: ArchivedRecord | undefined) {
    this.#round = record?.round;
    const guilds = Object.entries(record?.guilds ?? {});
    this.#single = new Map(guilds.map(([id, from]) => [id, { from }]));
  }

  /** What a successor needs to go on; undefined when nothing is left. */
  get record(): ArchivedRecord | undefined {
    if (this.#round === undefined && this.#single.size === 0) return undefined;
    const guilds = Object.fromEntries([...this.#single].map(([id, { from }]) => [id, from]));
    return this.#round === undefined ? { guilds } : { round: this.#round, guilds };
  }

  /**
   * READY: all of its servers are to be read from `from`, or from where a round under way reads, but nothing from before
   * `oldest`.
   */
  began({ from, oldest, guildIds }: { from: string; oldest: string; guildIds: readonly string[] }): void {
    const at = this.#round?.parts[0]?.after;
    const parts = at === undefined ? [{}] : [{ after: at }, { until: at }];
    this.#round = { from: newer(older(this.#round?.from, from), oldest), parts };
    const named = new Set(guildIds);
    for (const [id, { from: since }] of this.#single)
      if (named.has(id)) this.#single.set(id, { from: newer(since, oldest) });
      else this.#single.delete(id);
  }

  /** A server is to be read by itself, from `from` or from where it was to be read already. */
  addSingle(guildId: string, from: string): void {
    this.#single.set(guildId, { from: older(this.#single.get(guildId)?.from, from) });
  }

  /** A server is in an outage: the round cannot read it, so it is to be read by itself later. */
  wentAway(guildId: string): void {
    if (this.#round !== undefined) this.addSingle(guildId, this.#round.from);
  }

  /** A server was read by itself, as `single` had it; does nothing when more is to be read there since. */
  singleDone(guildId: string, guild: SingleGuild): void {
    if (this.#single.get(guildId) === guild) this.#single.delete(guildId);
  }

  /** The bot was removed from a server. */
  removed(guildId: string): void {
    this.#single.delete(guildId);
  }

  /** Servers to be read by themselves. */
  get single(): ReadonlyMap<string, SingleGuild> {
    return this.#single;
  }

  /** Where the round is: in which part, and from which message it reads; undefined when there is none. */
  get round(): { from: string; after: string; until: string | undefined } | undefined {
    const part = this.#round?.parts[0];
    if (this.#round === undefined || part === undefined) return undefined;
    return { from: this.#round.from, after: part.after ?? '0', until: part.until };
  }

  /** The round has read a server of its part. */
  passed(guildId: string): void {
    if (this.#round === undefined) return;
    const [part, ...rest] = this.#round.parts;
    this.#round = { ...this.#round, parts: [{ ...part, after: guildId }, ...rest] };
  }

  /** The round has read all servers of its part. */
  partDone(): void {
    if (this.#round === undefined) return;
    const rest = this.#round.parts.slice(1);
    this.#round = rest.length === 0 ? undefined : { ...this.#round, parts: rest };
  }
}

/** What several records leave to be read, as a round through servers that may be spread over shards differently now. */
export function mergeArchived(records: readonly (ArchivedRecord | undefined)[]): ArchivedRecord | undefined {
  const left = new ArchivedLeft(undefined);
  let from: string | undefined;
  for (const record of records) {
    if (record?.round !== undefined) from = older(from, record.round.from);
    for (const [id, since] of Object.entries(record?.guilds ?? {})) left.addSingle(id, since);
  }
  if (from === undefined) return left.record;
  return { round: { from, parts: [{}] }, guilds: left.record?.guilds ?? {} };
}
