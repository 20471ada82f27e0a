import { ConfigurationError, readEnvironment } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { describeError } from '@popple/shared/observability/log';
import { helpText } from '@popple/shared/process/help';
import { OperatorError } from '@popple/shared/process/operator-error';
import postgres from 'postgres';
import { z } from 'zod';
import { changeOwnPassword, ensureRoles, type Login } from './roles';

const ABOUT = `Makes the Postgres roles that migrate and svc use, with the passwords in their URLs, and what each may do. Safe to run
again: it sets the passwords anew, which is how they are rotated.

Usage: roles`;

const CONNECT_TIMEOUT_S = 10;
/** How often a server that is not ready is tried, one second apart. */
const ATTEMPTS = 60;
const WRONG_PASSWORD = '28P01';

const variables = {
  ADMIN_DATABASE_URL: {
    schema: z
      .string()
      .transform((text) => text.split(/\s+/))
      .pipe(z.array(VARIABLES.DATABASE_URL.schema).min(1)),
    about:
      "the database, as a role that may create roles and own it; further URLs, one a line, hold that role's earlier " +
      'passwords, and the password of the first is set',
    secret: true,
  },
  MIGRATE_DATABASE_URL: { ...VARIABLES.DATABASE_URL, about: 'DATABASE_URL as migrate will have it' },
  SVC_DATABASE_URL: { ...VARIABLES.DATABASE_URL, about: 'DATABASE_URL as svc will have it' },
};

function loginOf(name: string, url: string): Login {
  const { username, password } = new URL(url);
  if (username === '' || password === '') throw new OperatorError(`${name} must hold a user and a password`);
  return { name: decodeURIComponent(username), password: decodeURIComponent(password) };
}

function isWrongPassword(error: unknown): boolean {
  return error instanceof postgres.PostgresError && error.code === WRONG_PASSWORD;
}

/** Connects with the first password that is accepted. */
async function connect(urls: readonly string[]): Promise<{ sql: postgres.Sql; index: number }> {
  for (const [index, url] of urls.entries()) {
    const sql = postgres(url, {
      max: 1,
      connect_timeout: CONNECT_TIMEOUT_S,
      onnotice: () => {},
      fetch_types: false,
    });
    try {
      await sql`SELECT 1`;
      return { sql, index };
    } catch (error) {
      await sql.end({ timeout: 0 });
      if (!isWrongPassword(error) || index === urls.length - 1) throw error;
    }
  }
  throw new OperatorError('ADMIN_DATABASE_URL is empty');
}

async function connectPatiently(urls: readonly string[]): ReturnType<typeof connect> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await connect(urls);
    } catch (error) {
      // A refusal by the server is final.
      if (error instanceof postgres.PostgresError && /^(28|3D)/.test(error.code)) throw error;
      if (attempt === ATTEMPTS) throw error;
      process.stdout.write(`waiting for Postgres: ${describeError(error)}\n`);
      await Bun.sleep(1_000);
    }
  }
}

async function main(): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(helpText(ABOUT, variables));
    return;
  }
  const { ADMIN_DATABASE_URL: urls, MIGRATE_DATABASE_URL, SVC_DATABASE_URL } = readEnvironment(variables);
  const roles = {
    migrate: loginOf('MIGRATE_DATABASE_URL', MIGRATE_DATABASE_URL),
    svc: loginOf('SVC_DATABASE_URL', SVC_DATABASE_URL),
  };
  const { sql, index } = await connectPatiently(urls);
  try {
    if (index > 0) await changeOwnPassword(sql, loginOf('ADMIN_DATABASE_URL', urls[0] ?? '').password);
    await ensureRoles(sql, roles);
  } finally {
    await sql.end({ timeout: 5 });
  }
  process.stdout.write(`the roles ${roles.migrate.name} and ${roles.svc.name} are as they should be\n`);
}

try {
  await main();
  process.exit(0);
} catch (error) {
  const isExplained = error instanceof OperatorError || error instanceof ConfigurationError;
  if (!isExplained && !(error instanceof postgres.PostgresError)) throw error;
  process.stderr.write(`${isExplained ? error.message : `Postgres refused: ${describeError(error)}`}\n`);
  process.exit(1);
}
