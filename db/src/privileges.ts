import type postgres from 'postgres';

/** What svc does with a table, beside reading its rows and adding some. */
interface Privileges {
  /** The columns that it changes. */
  update: readonly string[];
  /** Whether it removes rows. */
  delete: boolean;
}

/**
 * What svc's role may do with each table beside SELECT and INSERT: no more than its statements do (db/src/queries). A total
 * can be changed, and removed by a function, one at a time; what the ledger says can be removed, and never changed; what the
 * audit log says neither.
 */
export const WORKER_PRIVILEGES: Readonly<Record<string, Privileges>> = {
  karma: { update: ['karma'], delete: false },
  name_index: { update: ['is_complete'], delete: false },
  subject_name: { update: [], delete: false },
  setting: { update: ['value', 'at', 'request_id'], delete: false },
  // Nobody changes that column either: some column it has to be, or Postgres lets nobody lock the rows that are pruned.
  ledger: { update: ['applied_at'], delete: true },
  exclusion: { update: ['is_excluded', 'at', 'request_id'], delete: false },
  audit: { update: [], delete: false },
  counter: { update: ['count', 'bound'], delete: true },
  cooldown: { update: ['at', 'request_id', 'version'], delete: false },
  // The reasons of deleted messages are erased.
  journal: { update: ['reason'], delete: false },
  undone: { update: [], delete: false },
};

/** The functions that svc's role may call. They do, as the owner, what svc has no right to do by itself. */
const WORKER_FUNCTIONS: readonly string[] = [
  'make_journal_months',
  'drop_journal_months',
  'merge_karma',
  'take_karma',
];

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** A function: its name, and how Postgres tells it from others of that name. */
interface NamedFunction {
  name: string;
  signature: string;
}

function statementsFor(role: string, tables: readonly string[], functions: readonly NamedFunction[]): string {
  const worker = quoted(role);
  const granted = tables.flatMap((table) => {
    const { update, delete: mayDelete } = WORKER_PRIVILEGES[table] ?? { update: [], delete: false };
    const columns = update.length > 0 ? [`UPDATE (${update.map(quoted).join(', ')})`] : [];
    const all = ['SELECT', 'INSERT', ...columns, ...(mayDelete ? ['DELETE'] : [])].join(', ');
    return [
      // Also those of its columns.
      `REVOKE ALL ON TABLE public.${quoted(table)} FROM ${worker};`,
      `GRANT ${all} ON TABLE public.${quoted(table)} TO ${worker};`,
    ];
  });
  const callable = functions
    .filter(({ name }) => WORKER_FUNCTIONS.includes(name))
    .map(({ signature }) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${worker};`);
  return [...granted, ...callable].join('\n');
}

/**
 * Gives a role just the privileges on tables and functions of the schema `public` that svc needs, and takes away others. In one
 * transaction, so that who works meanwhile notices nothing.
 * @throws PostgresError when the connection may not do that.
 */
export async function grantToWorker(sql: postgres.Sql, role: string): Promise<void> {
  const tables = await sql<{ name: string }[]>`
    SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename`;
  const functions = await sql<NamedFunction[]>`
    SELECT
      proname AS name,
      format('public.%I(%s)', proname, pg_get_function_identity_arguments(oid)) AS signature
    FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY proname`;
  const names = tables.map(({ name }) => name);
  const statements = statementsFor(role, names, functions);
  if (statements !== '') await sql.unsafe(statements).simple();
}

/**
 * Does `grantToWorker` for each role that reads whatever this connection's role makes in `public`: that is how the roles
 * step marks svc's. None where nobody made roles, and the tables' owner does all the work.
 * @throws PostgresError when the connection does not own the tables.
 */
export async function grantToWorkers(sql: postgres.Sql): Promise<void> {
  const workers = await sql<{ name: string }[]>`
    SELECT DISTINCT grantee.rolname AS name
    FROM pg_default_acl AS defaults, aclexplode(defaults.defaclacl) AS acl, pg_roles AS grantee
    WHERE defaults.defaclrole = current_user::regrole AND defaults.defaclobjtype = 'r'
      AND defaults.defaclnamespace = 'public'::regnamespace
      AND grantee.oid = acl.grantee AND acl.grantee <> defaults.defaclrole`;
  for (const { name } of workers) await grantToWorker(sql, name);
}
