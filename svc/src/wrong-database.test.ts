import { afterEach, beforeEach, expect, test } from 'bun:test';
import { migrate } from '@popple/db/migrate';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { type TestNats, testNats } from '@popple/testing/nats';
import { type OwnPostgres, ownPostgres } from '@popple/testing/postgres';
import { startService, type TestService } from '@popple/testing/service';
import { connect } from 'nats';
import postgres from 'postgres';
import { change } from './testing/requests';

let nats: TestNats;
let server: OwnPostgres;
let admin: postgres.Sql;
const parts: TestService[] = [];

beforeEach(async () => {
  [nats, server] = await Promise.all([testNats(), ownPostgres()]);
  await migrate(server.url);
  admin = postgres(server.url, { max: 1, onnotice: () => {} });
});

afterEach(async () => {
  await Promise.all(parts.splice(0).map((part) => part.stop()));
  await admin.end({ timeout: 0 });
  await server.stop();
  await nats.stop();
});

function urlWith(change: (url: URL) => void): string {
  const url = new URL(server.url);
  change(url);
  return url.href;
}

/** Gives svc something to do: an idle one asks Postgres for nothing. */
async function publishRequest(): Promise<void> {
  const connection = await connect({ servers: nats.url });
  const request = change('alice');
  await connection
    .jetstream()
    .publish(requestSubject(request), JSON.stringify(request), { msgID: request.id });
  await connection.close();
}

async function startSvc(databaseUrl: string): Promise<TestService> {
  const part = await startService('svc', {
    NATS_URL: nats.url,
    DATABASE_URL: databaseUrl,
    STREAM_MAX_BYTES: '67108864',
  });
  parts.push(part);
  return part;
}

test.each<[string, (url: URL) => void, string]>([
  [
    'a wrong password',
    (url) => (url.password = 'hunter2'),
    'refuses the user or the password of DATABASE_URL',
  ],
  [
    'an unknown user',
    (url) => (url.username = 'nobody_here'),
    'refuses the user or the password of DATABASE_URL',
  ],
  [
    'an unknown database',
    (url) => (url.pathname = '/no_such'),
    'has no database of the name in DATABASE_URL',
  ],
])('svc ends with a sentence for %s', async (_what, change, sentence) => {
  const svc = await startSvc(urlWith(change));
  expect(await svc.exited).toEqual({ code: 1, signal: null });
  expect(svc.output()).toContain(sentence);
  expect(svc.output()).not.toContain('hunter2');
  expect(svc.output()).not.toContain('trying again');
  expect(svc.output()).not.toContain('.ts:');
});

test('svc ends with a sentence for a user who may not log in', async () => {
  await admin.unsafe(`CREATE ROLE locked NOLOGIN PASSWORD 'x'`);
  const svc = await startSvc(
    urlWith((url) => {
      url.username = 'locked';
      url.password = 'x';
    }),
  );
  expect(await svc.exited).toEqual({ code: 1, signal: null });
  expect(svc.output()).toContain('refuses the user or the password of DATABASE_URL');
});

test('svc ends when its password was changed while it ran, for it reads the new one at its start', async () => {
  await admin.unsafe(`CREATE ROLE worker LOGIN SUPERUSER PASSWORD 'old'`);
  const svc = await startSvc(
    urlWith((url) => {
      url.username = 'worker';
      url.password = 'old';
    }),
  );
  await svc.ready();
  await admin.unsafe(`ALTER ROLE worker PASSWORD 'new'`);
  await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'worker'`;
  await publishRequest();
  expect(await svc.exited).toEqual({ code: 1, signal: null });
  expect(svc.output()).toContain('refuses the user or the password of DATABASE_URL');
});

test('what may pass by itself is waited for: a database that is made anew while svc runs', async () => {
  await admin.unsafe('CREATE DATABASE back');
  const url = urlWith((changed) => (changed.pathname = '/back'));
  await migrate(url);
  const svc = await startSvc(url);
  await svc.ready();
  await admin.unsafe('DROP DATABASE back WITH (FORCE)');
  await publishRequest();
  while (!svc.output().includes('does not exist; trying again')) await Bun.sleep(20);
  await admin.unsafe('CREATE DATABASE back');
  await migrate(url);
  await svc.ready();
});
