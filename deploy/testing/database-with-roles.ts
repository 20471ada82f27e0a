import { randomBytes } from 'node:crypto';
import { emptyTestDatabase } from '@popple/testing/postgres';
import postgres from 'postgres';
import { randomPassword } from '../credentials/passwords';
import { ensureRoles, type Roles } from '../postgres/roles';

/** An empty database with the roles of deploy/postgres. */
export interface DatabaseWithRoles {
  /** As superuser. */
  readonly adminUrl: string;
  readonly roles: Roles;
  /** DATABASE_URL of a role. */
  url(role: keyof Roles): string;
  /** Drops the database and its roles. */
  drop(): Promise<void>;
}

export function openSql(url: string): postgres.Sql {
  return postgres(url, { max: 1, onnotice: () => {}, fetch_types: false });
}

/** Roles belong to the whole server, which tests share: so each has names of its own. */
export function ownRoles(): Roles {
  const suffix = randomBytes(6).toString('hex');
  return {
    migrate: { name: `migrate_${suffix}`, password: randomPassword() },
    svc: { name: `svc_${suffix}`, password: randomPassword() },
  };
}

export function urlAs(url: string, { name, password }: { name: string; password: string }): string {
  const changed = new URL(url);
  changed.username = name;
  changed.password = password;
  return changed.href;
}

/** Drops roles of a database that is gone. */
export async function dropRoles(serverUrl: string, names: readonly string[]): Promise<void> {
  const url = new URL(serverUrl);
  url.pathname = '/postgres';
  const sql = openSql(url.href);
  try {
    for (const name of names) await sql.unsafe(`DROP ROLE IF EXISTS ${name}`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Makes a database and gives it roles; nothing is migrated. */
export async function databaseWithRoles(): Promise<DatabaseWithRoles> {
  const database = await emptyTestDatabase();
  const roles = ownRoles();
  const sql = openSql(database.url);
  try {
    await ensureRoles(sql, roles);
  } finally {
    await sql.end({ timeout: 5 });
  }
  return {
    adminUrl: database.url,
    roles,
    url: (role) => urlAs(database.url, roles[role]),
    drop: async () => {
      await database.drop();
      await dropRoles(database.url, [roles.migrate.name, roles.svc.name]);
    },
  };
}
