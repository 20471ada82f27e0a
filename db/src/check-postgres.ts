import { describeError } from '@popple/shared/observability/log';
import { clockFinding, type Finding, ok, wrong } from '@popple/shared/operator/finding';
import { openDatabase } from './client';
import { connectionProblem } from './connection-problem';
import { DatabaseNotReadyError } from './errors';
import { placeOf } from './place';
import { ping } from './queries/ping';

const DEADLINE_MS = 10_000;

/**
 * Checks that Postgres responds, its version and clock, and that it is migrated and takes writes. Changes nothing. Never
 * throws: what cannot be asked is a finding, too. Takes some 15 s at most.
 */
export async function checkPostgres(databaseUrl: string): Promise<Finding[]> {
  const place = placeOf(databaseUrl);
  const database = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'popple-doctor' });
  const findings: Finding[] = [];
  try {
    const sentAtMs = Date.now();
    const [row] = await database.run(
      ({ sql }) => sql<{ version: string; nowMs: number }[]>`
        SELECT current_setting('server_version') AS version,
               (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS "nowMs"`,
      DEADLINE_MS,
    );
    const oursMs = (sentAtMs + Date.now()) / 2;
    findings.push(ok('Postgres: server', `version ${row?.version} at ${place}`));
    findings.push(clockFinding('Postgres: clock', { theirsMs: row?.nowMs ?? 0, oursMs }));
    findings.push(await migrationFinding(() => ping(database)));
  } catch (error) {
    const problem = connectionProblem(error, { place, hasWorked: false });
    const advice = problem
      ? 'Correct the user, the password or the name of the database in DATABASE_URL.'
      : 'Is it running, and does DATABASE_URL name it?';
    findings.push(wrong('Postgres: server', `${place} cannot be used: ${describeError(error)}`, advice));
  } finally {
    await database.close();
  }
  return findings;
}

async function migrationFinding(look: () => Promise<void>): Promise<Finding> {
  const check = 'Postgres: migrations';
  try {
    await look();
    return ok(check, 'applied');
  } catch (error) {
    if (!(error instanceof DatabaseNotReadyError)) throw error;
    const advice = 'Run "bun run db:migrate" with the DATABASE_URL of the primary.';
    return wrong(check, error.message, advice);
  }
}
