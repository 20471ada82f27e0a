import { afterEach, beforeEach, expect, test } from 'bun:test';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type LocalDiscord,
  type LocalDiscordOptions,
  startLocalDiscord,
} from '@popple/local-discord/local-discord';
import type { Finding } from '@popple/shared/operator/finding';
import { clockFinding } from '@popple/shared/operator/finding';
import { testNats } from '@popple/testing/nats';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { emptyTestDatabase } from '@popple/testing/postgres';
import { reapProcess } from '@popple/testing/reaper';
import { tempFolder } from '@popple/testing/temp-folder';

const MAIN = join(import.meta.dir, '../main.ts');
const INVITE =
  /\/oauth2\/authorize\?client_id=\d+&scope=bot\+applications\.commands&permissions=274877975616$/;

interface Checkup {
  code: number | null;
  ok: boolean;
  invite: string | undefined;
  findings: Finding[];
  errors: string;
}

async function run(environment: Record<string, string>, args: string[], cwd: string) {
  const child = Bun.spawn([process.execPath, MAIN, 'doctor', ...args], {
    env: { PATH: process.env.PATH, ...environment },
    cwd,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const release = reapProcess(child.pid);
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const code = await child.exited;
  release();
  return { code, output, errors };
}

async function doctor(environment: Record<string, string>, cwd = '/'): Promise<Checkup> {
  const { code, output, errors } = await run(environment, ['--json'], cwd);
  return { code, errors, ...JSON.parse(output) };
}

const wrong = ({ findings }: Checkup) => findings.filter(({ status }) => status === 'wrong');
const of = ({ findings }: Checkup, check: string) =>
  findings.find((finding) => finding.check.startsWith(check));

let discord: LocalDiscord | undefined;
let popple: TestPopple | undefined;
beforeEach(() => {
  discord = undefined;
  popple = undefined;
});
afterEach(async () => {
  await popple?.stop();
  await discord?.stop();
});

async function withDiscord(options: LocalDiscordOptions = {}): Promise<Record<string, string>> {
  discord = await startLocalDiscord({ rateLimits: 'off', ...options });
  return { DISCORD_TOKEN: discord.token, DISCORD_API_URL: discord.apiUrl };
}

test('where everything runs, nothing is wrong, and the invite link is shown', async () => {
  popple = await testPopple();
  const environment = {
    DISCORD_TOKEN: popple.discord.token,
    DISCORD_API_URL: popple.discord.apiUrl,
    NATS_URL: popple.nats.url,
    DATABASE_URL: popple.database.url,
  };
  const checkup = await doctor(environment);
  expect(wrong(checkup)).toEqual([]);
  expect(checkup).toMatchObject({ code: 0, ok: true });
  expect(checkup.invite).toMatch(INVITE);
  const checks = [
    'Discord: token',
    'Discord: clock',
    'Discord: Message Content intent',
    'Discord: servers',
    'NATS: server',
    'NATS: stream POPPLE_REQUESTS',
    'NATS: stream POPPLE_EVENTS',
    'NATS: stream POPPLE_DEAD',
    'svc: queries',
    'Postgres: server',
    'Postgres: clock',
    'Postgres: migrations',
    'Bun',
  ];
  for (const check of checks) expect(of(checkup, check)?.status).toBe('ok');

  const { code, output, errors } = await run(environment, [], '/');
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  expect(output).toContain('✓ Discord: token: it is ');
  expect(output).toContain('Invite the bot to a server: http');
  expect(output).toEndWith('Nothing is wrong.\n');
  // The bot says the same link at its start.
  expect(popple.bots[0]?.output()).toContain(checkup.invite ?? 'no link');
});

test('what is not configured is skipped', async () => {
  const checkup = await doctor({});
  expect(checkup).toMatchObject({ code: 0, ok: true, errors: '' });
  const skipped = checkup.findings.filter(({ status }) => status === 'skipped');
  expect(skipped.map(({ check, about }) => `${check}: ${about}`)).toEqual([
    'Discord: DISCORD_TOKEN is not set',
    'NATS: NATS_URL is not set',
    'Postgres: DATABASE_URL is not set',
    '.env: there is none in /',
  ]);
});

test('a variable that cannot be read is wrong, without its secret', async () => {
  const checkup = await doctor({ DATABASE_URL: 'postgres:hunter2@host/db', NATS_URL: 'http://x' });
  expect(checkup.code).toBe(1);
  expect(wrong(checkup).map(({ check }) => check)).toEqual(['NATS', 'Postgres']);
  expect(JSON.stringify(checkup)).not.toContain('hunter2');
});

test('without svc its queries are skipped; a svc that does not respond is told', async () => {
  popple = await testPopple({ bots: 0 });
  const environment = { NATS_URL: popple.nats.url };
  const [svc] = popple.svcs;
  svc?.kill('SIGSTOP');
  const frozen = await doctor(environment);
  expect(wrong(frozen).map(({ check }) => check)).toEqual(['svc: queries']);
  expect(wrong(frozen)[0]?.about).toContain('no response within 1000 ms');
  await svc?.stop();
  const without = await doctor(environment);
  expect(wrong(without)).toEqual([]);
  expect(of(without, 'svc: queries')).toMatchObject({ status: 'skipped', about: 'no svc runs' });
});

test('a wrong token is told', async () => {
  const checkup = await doctor({ ...(await withDiscord()), DISCORD_TOKEN: 'nonsense' });
  expect(checkup.code).toBe(1);
  expect(wrong(checkup).map(({ check }) => check)).toEqual(['Discord: token']);
  expect(wrong(checkup)[0]?.advice).toContain('Reset Token');
});

test('the intent that is switched off is told', async () => {
  const checkup = await doctor(await withDiscord({ privilegedIntents: 0 }));
  expect(wrong(checkup).map(({ check }) => check)).toEqual(['Discord: Message Content intent']);
  expect(wrong(checkup)[0]?.advice).toContain('Save Changes');
});

test('a server that does not permit enough, and a bot in no server, are told', async () => {
  const environment = await withDiscord();
  const guild = (name: string, permissions: string) => ({ id: '7', name, permissions });
  const answerWith = (body: unknown) =>
    discord?.faults.rest({ match: 'GET /users/@me/guilds', status: 200, body });
  answerWith([guild('Alps\u001b[31m', '1024'), guild('Everything', '8')]);
  const lacking = await doctor(environment);
  expect(wrong(lacking)).toEqual([
    {
      check: 'Discord: permissions in Alps\\u{1b}[31m (7)',
      status: 'wrong',
      about: 'without Send Messages, Send Messages in Threads, Add Reactions, Read Message History',
      advice: expect.stringContaining(`invite it again: ${lacking.invite}`),
    },
  ]);
  answerWith([]);
  const alone = await doctor(environment);
  expect(wrong(alone).map(({ about }) => about)).toEqual(['the bot is in no server']);
});

test('a Discord that is away, or none at all, is told', async () => {
  const away = await doctor({ DISCORD_TOKEN: 'x', DISCORD_API_URL: 'http://127.0.0.1:1/api' });
  expect(wrong(away)[0]?.about).toContain('cannot ask http://127.0.0.1:1/api');
  const other = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response('<html>') });
  const none = await doctor({ DISCORD_TOKEN: 'x', DISCORD_API_URL: `http://127.0.0.1:${other.port}/api` });
  await other.stop(true);
  expect(wrong(none)[0]?.about).toContain('does not answer as Discord');
});

test('a NATS without streams, a Postgres that is not migrated, and a wrong database are told', async () => {
  const nats = await testNats();
  await using database = await emptyTestDatabase();
  const fresh = await doctor({ NATS_URL: nats.url, DATABASE_URL: database.url });
  expect(wrong(fresh).map(({ check }) => check)).toEqual([
    'NATS: stream POPPLE_REQUESTS',
    'NATS: stream POPPLE_EVENTS',
    'NATS: stream POPPLE_DEAD',
    'Postgres: migrations',
  ]);
  for (const { advice } of wrong(fresh)) expect(advice).toBeString();
  await nats.stop();
  const other = new URL(database.url);
  other.pathname = '/no_such';
  const away = await doctor({ NATS_URL: 'nats://127.0.0.1:1', DATABASE_URL: other.href });
  expect(wrong(away).map(({ check }) => check)).toEqual(['NATS: server', 'Postgres: server']);
  expect(away.errors).toContain('waiting for NATS at 127.0.0.1:1, for 10 s at most');
});

test('a .env that others may read is told', async () => {
  const { path } = tempFolder('env');
  const file = join(path, '.env');
  writeFileSync(file, 'LOG_LEVEL=info\n');
  chmodSync(file, 0o644);
  expect(of(await doctor({}, path), '.env')).toMatchObject({
    status: 'wrong',
    advice: expect.stringContaining('chmod 600'),
  });
  chmodSync(file, 0o600);
  expect(of(await doctor({}, path), '.env')?.status).toBe('ok');
});

test.each([
  [5_000, 'ok', 'within 5 s'],
  [-5_000, 'ok', 'within 5 s'],
  [61_000, 'wrong', 'this machine is 61 s ahead of it'],
  [-3_600_000, 'wrong', 'this machine is 3600 s behind it'],
] as const)('a clock %d ms apart is %s', (apartMs, status, about) => {
  const finding = clockFinding('clock', { theirsMs: 1_000_000_000, oursMs: 1_000_000_000 + apartMs });
  expect(finding.status).toBe(status);
  expect(finding.about).toContain(about);
});
