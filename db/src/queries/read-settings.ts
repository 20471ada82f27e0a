import { MAX_SETTINGS } from '@popple/shared/contract/limits';
import type { SettingValue } from '@popple/shared/contract/setting';
import type { Database } from '../client';

/** What a server has chosen. */
export interface Choice {
  key: string;
  value: SettingValue;
  /** When it was chosen, in milliseconds since the Unix epoch. */
  at: number;
}

const READ_SETTINGS = `
SELECT key, value, round(extract(epoch FROM at) * 1000)::float8 AS at FROM setting
WHERE guild_id = $1::bigint AND value <> 'null'
ORDER BY key LIMIT ${MAX_SETTINGS}`;

/**
 * What a server has chosen and not taken back, in order of the keys. Values are as they were stored, also of keys that this
 * release does not know.
 * @throws what Postgres raises.
 */
export async function readSettings(db: Database, guildId: string): Promise<Choice[]> {
  return await db.run(({ sql }) => sql.unsafe<Choice[]>(READ_SETTINGS, [guildId], { prepare: true }));
}
