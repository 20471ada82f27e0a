import { plainArray, textArray } from '../array-literal';
import type { Database } from '../client';
import type { GuildSettings } from '../judging';
import type { LedgerKind } from '../ledger-kinds';

/** Takes ids of requests and of guilds as arrays. */
export const READ_KNOWN = `
SELECT request_id AS id, kind, answer AS value FROM ledger WHERE request_id = ANY ($1::text::text[])
UNION ALL
SELECT guild_id::text, 'settings', jsonb_object_agg(key, value) FROM setting
WHERE guild_id = ANY ($2::text::bigint[]) AND value <> 'null'
GROUP BY guild_id`;

interface Row {
  id: string;
  kind: LedgerKind | 'settings';
  value: unknown;
}

/** What is known before a batch is applied. */
export interface Known<Answer> {
  /** Of the requests that were applied before: their kind, and the answer stored then. */
  answers: Map<string, { kind: LedgerKind; answer: Answer }>;
  /** Of the guilds that have chosen something. */
  settings: Map<string, GuildSettings>;
}

/**
 * Reads which requests the ledger has, and what guilds have chosen, at one moment. Changes nothing.
 * @throws what Postgres raises.
 */
export async function readKnown<Answer>(
  db: Database,
  ids: readonly string[],
  guildIds: readonly string[],
): Promise<Known<Answer>> {
  const rows = await db.run(({ sql }) =>
    sql.unsafe<Row[]>(READ_KNOWN, [textArray(ids), plainArray(guildIds)], { prepare: true }),
  );
  const known: Known<Answer> = { answers: new Map(), settings: new Map() };
  for (const { id, kind, value } of rows) {
    if (kind === 'settings') known.settings.set(id, value as GuildSettings);
    else known.answers.set(id, { kind, answer: value as Answer });
  }
  return known;
}
