import { plainArray, textArray } from '../array-literal';
import type { Database } from '../client';
import type { Excluded, GuildSettings } from '../judging';
import type { LedgerKind } from '../ledger-kinds';
import type { EXCLUSION_LISTS } from '../schema';

/** Takes ids of requests and of guilds as arrays. */
export const READ_KNOWN = `
SELECT request_id AS id, kind, answer AS value FROM ledger WHERE request_id = ANY ($1::text::text[])
UNION ALL
SELECT guild_id::text, 'settings', jsonb_object_agg(key, value) FROM setting
WHERE guild_id = ANY ($2::text::bigint[]) AND value <> 'null'
GROUP BY guild_id
UNION ALL
SELECT guild_id::text, 'excluded', jsonb_agg(jsonb_build_array(list, user_id::text)) FROM exclusion
WHERE guild_id = ANY ($2::text::bigint[]) AND is_excluded
GROUP BY guild_id`;

interface Row {
  id: string;
  kind: LedgerKind | 'settings' | 'excluded';
  value: unknown;
}

/** What is known before a batch is applied. */
export interface Known<Answer> {
  /** Of the requests that were applied before: their kind, and the answer stored then. */
  answers: Map<string, { kind: LedgerKind; answer: Answer }>;
  /** Of the guilds that have chosen something. */
  settings: Map<string, GuildSettings>;
  /** Of the guilds that exclude members. */
  excluded: Map<string, Excluded>;
}

type Listed = readonly (readonly [list: (typeof EXCLUSION_LISTS)[number], userId: string])[];

function toExcluded(listed: Listed): Excluded {
  const on = (list: (typeof EXCLUSION_LISTS)[number]) =>
    new Set(listed.filter(([one]) => one === list).map(([, userId]) => userId));
  return { blocked: on('blocked'), optedOut: on('opted-out') };
}

/**
 * Reads which requests the ledger has, what guilds have chosen, and whom they exclude, at one moment. Changes nothing.
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
  const known: Known<Answer> = { answers: new Map(), settings: new Map(), excluded: new Map() };
  for (const { id, kind, value } of rows) {
    if (kind === 'settings') known.settings.set(id, value as GuildSettings);
    else if (kind === 'excluded') known.excluded.set(id, toExcluded(value as Listed));
    else known.answers.set(id, { kind, answer: value as Answer });
  }
  return known;
}
