import type { AuditEntry } from '@popple/shared/contract/query';
import type { Database } from '../client';

/** Goes backward through the primary key. */
export const READ_AUDIT = `
SELECT
  round(extract(epoch FROM at) * 1000)::float8 AS at, request_id AS "requestId", kind, user_id::text AS "userId", operator,
  target, details, reason
FROM audit
WHERE guild_id = $1::bigint AND (at, request_id) < (to_timestamp($2::float8 / 1000), $3::text COLLATE "C")
ORDER BY at DESC, request_id DESC
LIMIT $4::integer`;

/** A page of the audit log. */
export interface AuditPage {
  guildId: string;
  /** Most entries, from 1. */
  limit: number;
  /** Only what comes before it: the last entry of the page before. */
  before?: Pick<AuditEntry, 'at' | 'requestId'> | undefined;
}

type Row = { [Key in keyof AuditEntry]-?: AuditEntry[Key] | null };

/**
 * What moderators did in a server, the newest first.
 * @throws what Postgres raises.
 */
export async function readAudit(db: Database, { guildId, limit, before }: AuditPage): Promise<AuditEntry[]> {
  const place = [before?.at ?? 'infinity', before?.requestId ?? ''];
  const rows = await db.run(({ sql }) =>
    sql.unsafe<Row[]>(READ_AUDIT, [guildId, ...place, limit], { prepare: true }),
  );
  return rows.map(
    (row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as AuditEntry,
  );
}
