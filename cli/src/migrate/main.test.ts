import { expect, test } from 'bun:test';
import { readMigrations } from '@popple/db/migrations';
import { emptyTestDatabase } from '@popple/testing/postgres';
import postgres from 'postgres';

const MAIN = `${import.meta.dir}/main.ts`;
const TAGS = readMigrations().map(({ tag }) => tag);

function runMain(databaseUrl: string, ...args: string[]) {
  const child = Bun.spawn([process.execPath, MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: databaseUrl },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  return Promise.all([child.exited, new Response(child.stdout).text(), new Response(child.stderr).text()]);
}

test('eight processes at once on an empty database: each migration is applied by one, and all succeed', async () => {
  await using database = await emptyTestDatabase();
  const runs = await Promise.all(Array.from({ length: 8 }, () => runMain(database.url)));
  // On a busy machine they say that they wait.
  const complaints = (stderr: string) =>
    stderr.split('\n').filter((line) => line && !line.startsWith('waiting for'));
  expect(runs.map(([code, , stderr]) => [code, complaints(stderr)])).toEqual(runs.map(() => [0, []]));
  const output = runs.map(([, stdout]) => stdout).join('');
  for (const tag of TAGS) expect(output.split(`applied ${tag}\n`)).toHaveLength(2);
  const admin = postgres(database.url, { max: 1, onnotice: () => {} });
  const rows = await admin`SELECT FROM drizzle.__drizzle_migrations`;
  await admin.end({ timeout: 0 });
  expect(rows).toHaveLength(TAGS.length);
});

test('the command explains itself, and names what is wrong in its environment', async () => {
  const [code, help] = await runMain('', '--help');
  expect(code).toBe(0);
  expect(help).toContain('DATABASE_URL');
  const [failed, , complaint] = await runMain('not a url');
  expect(failed).toBe(1);
  expect(complaint).toContain('DATABASE_URL');
  const [odd, , why] = await runMain('postgres://a@127.0.0.1:1/b', '--dry-run');
  expect(odd).toBe(2);
  expect(why).toBe("Unknown option '--dry-run'\nTry --help.\n");
});
