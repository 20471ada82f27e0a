import postgres from 'postgres';

/** Makes a choice of a server, as if it had been made long ago. */
export async function chooseSetting(
  databaseUrl: string,
  { guildId, key, value }: { guildId: string; key: string; value: postgres.JSONValue },
): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    await sql`
      INSERT INTO setting (guild_id, key, value, at, request_id)
      VALUES (${guildId}, ${key}, ${sql.json(value)}, 'epoch', 'test')
      ON CONFLICT (guild_id, key) DO UPDATE SET value = excluded.value`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
