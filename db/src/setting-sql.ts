import { SETTINGS, type SettingKey } from '@popple/shared/contract/setting';

/**
 * SQL for what a setting is for a server, as jsonb: its choice, or the fallback. `guildId` is an expression for the server's
 * id. A scalar subquery, so that the planner has no table to join.
 */
export function settingSql(key: SettingKey, guildId: string): string {
  const fallback = JSON.stringify(SETTINGS[key].fallback).replaceAll("'", "''");
  return `coalesce(
    (SELECT nullif(value, 'null') FROM setting WHERE setting.guild_id = ${guildId} AND setting.key = '${key}'),
    '${fallback}'::jsonb
  )`;
}
