import { afterAll, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { announce, change, undo } from '@popple/svc/testing/requests';
import { testPostgres } from '@popple/testing/postgres';
import { tempFolder } from '@popple/testing/temp-folder';
import postgres from 'postgres';
import { countsIn, NO_COUNTS } from '../testing/counts';
import { openRig, type Rig } from '../testing/rig';
import { dumpablePostgres } from './testing/dumpable-postgres';
import { ROOT, recoverySteps } from './testing/recovery-guide';

const steps = recoverySteps();
const dumpable = await dumpablePostgres();
afterAll(() => dumpable?.[Symbol.asyncDispose]());

function stepText(name: string, language: 'sh' | 'sql'): string {
  const step = steps.get(name);
  if (step?.language !== language) throw new Error(`docs/recovery.md has no ${language} step ${name}`);
  return step.text;
}

/** Runs a step of the guide in a shell, in the root of the checkout, as its reader does. */
async function shell(name: string, environment: Record<string, string>) {
  const child = spawn('/bin/sh', ['-e', '-c', stepText(name, 'sh')], {
    cwd: ROOT,
    env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}`, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (errors += chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`the step ${name} ended with ${code}:\n${output}${errors}`);
  return output;
}

async function onServer(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** What karma must be after these requests, whatever happened on the way. */
function expectedTotals(requests: readonly ChangeKarma[]): Record<string, string> {
  const totals = new Map<string, number>();
  for (const { changes } of requests)
    for (const { subject, delta } of changes) totals.set(subject, (totals.get(subject) ?? 0) + delta);
  return Object.fromEntries([...totals].toSorted().map(([subject, karma]) => [subject, String(karma)]));
}

let said = 0;
const traffic = (count: number) =>
  Array.from({ length: count }, () => change(`s${said++ % 7}`, (said % 3) - 3));

/** A copy by the server itself, where there is no pg_dump: nobody may be connected to what is copied. */
async function copyDatabase(server: string, from: string, to: string): Promise<void> {
  await onServer(server, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${from}'`);
  await onServer(server, `CREATE DATABASE ${to} TEMPLATE ${from}`);
}

const how = dumpable === undefined ? 'with copies of the database, for want of a pg_dump' : 'with pg_dump';

test(`the drill of docs/recovery.md makes the totals whole, ${how}`, async () => {
  const server = dumpable?.url ?? (await testPostgres());
  await using rig: Rig = await openRig(server);
  const folder = tempFolder('drill');
  const { name } = rig.database;
  const restoredName = `${name}_restored`;
  const restoredUrl = new URL(server);
  restoredUrl.pathname = `/${restoredName}`;
  const before = {
    NATS_URL: rig.nats.url,
    DATABASE_URL: rig.database.url,
    SERVER_URL: server,
    RESTORED_NAME: restoredName,
    RESTORED_URL: restoredUrl.href,
    BACKUP: join(folder.path, 'popple.dump'),
    // As svc has it here.
    RULES_PRESET: 'relaxed',
  };
  const after = { ...before, DATABASE_URL: before.RESTORED_URL };
  const published: ChangeKarma[] = [];
  const publish = async (count: number) => {
    const requests = traffic(count);
    published.push(...requests);
    await rig.publish(requests);
  };

  // The night: svc works on while the backup is made.
  let svc = await rig.startSvc();
  await publish(700);
  const busy = publish(900);
  if (dumpable !== undefined) await shell('backup', before);
  else {
    await svc.stop();
    await copyDatabase(server, name, `${name}_backup`);
    svc = await rig.startSvc();
  }
  await busy;

  // The day after it, and the loss.
  await publish(800);
  // What is taken back leaves no trace in the totals.
  await rig.publish([change('s0', 1, { userId: '9' }), undo({ userId: '9' }), announce(false)]);
  await rig.drained();
  expect(await rig.totals()).toEqual(expectedTotals(published));
  await svc.stop();
  await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`);
  await publish(100);

  if (dumpable !== undefined) await shell('restore', after);
  else await onServer(server, `CREATE DATABASE ${restoredName} TEMPLATE ${name}_backup`);
  const sql = postgres(restoredUrl.href, { max: 2, onnotice: () => {} });
  try {
    const totals = async () => {
      const rows = await sql<
        { subject: string; karma: string }[]
      >`SELECT subject, karma FROM karma ORDER BY subject`;
      return Object.fromEntries(rows.map(({ subject, karma }) => [subject, karma]));
    };
    expect(await shell('migrate', after)).toContain('up to date');
    await sql.unsafe(stepText('remember', 'sql'));
    // What svc had acked before the loss is missing, and so is what waits for it.
    expect(await totals()).not.toEqual(expectedTotals(published));
    const lacking = countsIn(await shell('look', after))['would apply'] ?? 0;
    expect(lacking).toBeGreaterThanOrEqual(803);

    const first = countsIn(await shell('replay', after));
    expect(first).toMatchObject({ applied: lacking, refused: 0, unreadable: 0 });
    expect(await totals()).toEqual(expectedTotals(published));
    expect(await sql`SELECT value FROM setting`).toMatchObject([{ value: false }]);

    // It publishes what the replay has applied of what waits for it.
    await rig.startSvc({ DATABASE_URL: restoredUrl.href });
    await rig.drained();
    expect(await totals()).toEqual(expectedTotals(published));
    expect(countsIn(await shell('look', after))['would apply']).toBe(0);
    expect([...(await sql.unsafe(stepText('verify', 'sql')))]).toEqual([]);

    const second = countsIn(await shell('replay', after));
    expect(second).toEqual({ ...NO_COUNTS, 'already known': published.length + 3 });
    expect(await totals()).toEqual(expectedTotals(published));
    expect(await rig.messages('events')).toBe(published.length + 3);

    // The proof would have noticed: a total that is off, one that is lost, one that came from nowhere.
    await sql`UPDATE karma SET karma = karma + 1 WHERE subject = 's3'`;
    await sql`DELETE FROM karma WHERE subject = 's4'`;
    await sql`UPDATE karma SET subject = 'nowhere' WHERE subject = 's5'`;
    const off = [...(await sql.unsafe(stepText('verify', 'sql')))].map(({ subject }) => subject);
    expect(off.toSorted()).toEqual(['nowhere', 's3', 's4', 's5']);
    await sql.unsafe(stepText('forget', 'sql'));
  } finally {
    await sql.end({ timeout: 0 });
    for (const database of [restoredName, `${name}_backup`])
      await onServer(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
    folder.remove();
  }
}, 180_000);
