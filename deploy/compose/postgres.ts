import type { Compose } from './engine';

const DATABASE = 'popple';

function inPostgres(...command: string[]): string[] {
  return ['exec', '-T', 'postgres', ...command];
}

function psql(database: string, ...options: string[]): string[] {
  return inPostgres('psql', '--username=postgres', `--dbname=${database}`, '--no-psqlrc', ...options);
}

/** Karma by subject of one guild, as Postgres has it. */
export async function readTotals(compose: Compose, guildId: string): Promise<Map<string, number>> {
  const statement = `SELECT subject, karma FROM karma WHERE guild_id = ${guildId}`;
  const output = await compose.run(
    ...psql(DATABASE, '--tuples-only', '--no-align', '--field-separator=|', '--command', statement),
  );
  const rows = output.split('\n').filter((line) => line !== '');
  return new Map(
    rows.map((row) => [row.slice(0, row.indexOf('|')), Number(row.slice(row.indexOf('|') + 1))]),
  );
}

/** Backs the database up into a file, as docs/operations.md does. */
export async function backUp(compose: Compose, file: string): Promise<void> {
  const command = inPostgres('pg_dump', '--username=postgres', '--format=custom', DATABASE);
  await compose.redirect({ into: file }, ...command);
}

/**
 * Loses the database, restores it from a backup and replays what the backup lacks, as docs/operations.md does. Returns
 * what replaying once more would still apply, as the tool reports it.
 */
export async function loseAndRestore(compose: Compose, file: string): Promise<string> {
  await compose.run('stop', 'svc');
  await compose.run(
    ...psql('postgres', '--command', `ALTER DATABASE ${DATABASE} RENAME TO ${DATABASE}_lost`),
    ...['--command', `CREATE DATABASE ${DATABASE} TEMPLATE template0`],
  );
  const restore = inPostgres('pg_restore', '--username=postgres', `--dbname=${DATABASE}`, '--exit-on-error');
  await compose.redirect({ from: file }, ...restore);
  const once = (...command: string[]) => compose.run('run', '--rm', '-T', ...command);
  await once('roles');
  await once('migrate');
  await once('tools', 'replay', '--since', '7d');
  await compose.run('up', '-d', '--no-recreate', '--wait');
  return once('tools', 'replay', '--since', '7d', '--dry-run');
}
