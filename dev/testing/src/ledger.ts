import postgres from 'postgres';

/** The ids of all requests that a database's ledger has, oldest first: each as often as it was applied. */
export async function ledgerIds(databaseUrl: string): Promise<string[]> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const rows = await sql<{ id: string }[]>`SELECT request_id AS id FROM ledger ORDER BY at, request_id`;
    return rows.map(({ id }) => id);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
