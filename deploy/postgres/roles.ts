import { grantToWorker } from '@popple/db/privileges';
import type postgres from 'postgres';
import { scramVerifier } from './scram';

/** A role that may log in. */
export interface Login {
  name: string;
  password: string;
}

/** The roles of one Popple database. */
export interface Roles {
  /** Owns the database and what is in it: applies migrations. */
  migrate: Login;
  /** Reads rows, adds some, and changes or removes what its statements do, and nothing else. */
  svc: Login;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

async function ensureLogin(sql: postgres.Sql, { name, password }: Login): Promise<void> {
  const [known] = await sql`SELECT FROM pg_roles WHERE rolname = ${name}`;
  const verb = known ? 'ALTER' : 'CREATE';
  // Roles take no parameters; both values are quoted, and the second is a verifier, not the password.
  await sql.unsafe(`${verb} ROLE ${quoteName(name)} LOGIN PASSWORD ${quoteText(scramVerifier(password))}`);
}

/** Gives the role that is logged in a new password. */
export async function changeOwnPassword(sql: postgres.Sql, password: string): Promise<void> {
  await sql.unsafe(`ALTER ROLE CURRENT_USER PASSWORD ${quoteText(scramVerifier(password))}`);
}

/**
 * Makes the roles of a database and sets what they may do. Run again, it sets their passwords and repairs what was
 * changed by hand; nobody's rows or tables are touched. The connection is to that database, as a superuser or as a role
 * that may create roles and owns the database. Each statement may be repeated, so dying in the middle does no harm.
 * @throws PostgresError when the connection may not do that.
 */
export async function ensureRoles(sql: postgres.Sql, { migrate, svc }: Roles): Promise<void> {
  await ensureLogin(sql, migrate);
  await ensureLogin(sql, svc);
  const [here] = await sql<{ database: string; superuser: boolean }[]>`
    SELECT current_database() AS database, rolsuper AS superuser FROM pg_roles WHERE rolname = current_user`;
  const database = quoteName(here?.database ?? '');
  const owner = quoteName(migrate.name);
  const worker = quoteName(svc.name);
  // Without a superuser's powers one hands over only to roles one belongs to, and sets defaults only for those.
  if (!here?.superuser) await sql.unsafe(`GRANT ${owner} TO CURRENT_USER`);
  await sql.unsafe(`
    ALTER DATABASE ${database} OWNER TO ${owner};
    REVOKE ALL ON DATABASE ${database} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${database} TO ${worker};
    ALTER SCHEMA public OWNER TO ${owner};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${worker};
    CREATE SCHEMA IF NOT EXISTS drizzle;
    ALTER SCHEMA drizzle OWNER TO ${owner};
    GRANT USAGE ON SCHEMA drizzle TO ${worker};
  `);
  // What migrations will make: rows to read and add in public, where the migration then gives what more is needed; in
  // drizzle only which migrations were applied.
  await sql.unsafe(`
    GRANT SELECT ON ALL TABLES IN SCHEMA drizzle TO ${worker};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public REVOKE ALL ON TABLES FROM ${worker};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA public GRANT SELECT, INSERT ON TABLES TO ${worker};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA drizzle GRANT SELECT ON TABLES TO ${worker};
  `);
  // What is there already.
  await grantToWorker(sql, svc.name);
}
