import { describe, expect, test } from 'bun:test';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from '@popple/embedded/child-process';
import { SAME_REQUEST_MS } from '@popple/shared/process/stop-signals';
import { reapProcess } from '@popple/testing/reaper';
import { fakeCheckout, mustIdentify, running, serviceProgram, untilEnded } from './testing/fake-checkout';

/** Spares the tests that are not about them the embedded servers. */
const ownServers = { NATS_URL: 'nats://127.0.0.1:1', DATABASE_URL: 'postgres://127.0.0.1:2/popple' };

/** A local Discord that prints what it is told of the services. */
const listeningDiscord = `
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: async (request) => {
    const { services } = await request.json();
    process.stdout.write('services ' + JSON.stringify(services) + '\\n');
    return new Response(null, { status: 204 });
  } });
  const url = 'http://127.0.0.1:' + server.port;
  process.stdout.write('DISCORD_API_URL=' + url + '/api\\n');
`;

/** A service that says it lost its database once there is a file named `unready`. */
const unreadyAtTouch = `
  import { existsSync } from 'node:fs';
  const fetch = () => existsSync('unready')
    ? Response.json({ dependencies: { nats: 'ok', postgres: 'away' } }, { status: 503 })
    : new Response('ok');
  Bun.serve({ hostname: '127.0.0.1', port: Number(process.env.HTTP_PORT), fetch });
`;

const indexOf = (lines: readonly string[], text: string) => {
  const index = lines.findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`nothing said "${text}":\n${lines.join('\n')}`);
  return index;
};

describe('with embedded servers', () => {
  test('everything starts, says where it is, and is stopped in order by one Ctrl-C, which arrives twice', async () => {
    const checkout = fakeCheckout();
    const run = await checkout.run({ env: { LOG_LEVEL: 'debug' } });
    await run.until('Popple is running.');
    await run.until('Chat with it:  http://127.0.0.1:');
    const children = run.children();
    expect(running(children).sort()).toEqual(['bot', 'discord', 'nats', 'postgres', 'svc']);
    await run.until('svc 1 up with DATABASE_URL,NATS_URL');
    await run.until('bot 1 up with DISCORD_API_URL,DISCORD_TOKEN,NATS_URL');
    process.kill(run.child.pid, 'SIGINT');
    process.kill(run.child.pid, 'SIGINT');
    expect(await run.child.exited).toEqual({ code: 0, signal: null });
    expect(running(children)).toEqual([]);
    const order = ['svc drained', 'Initiating Shutdown', 'received fast shutdown', 'stopped'];
    const indexes = order.map((text) => indexOf(run.lines, text));
    expect(indexes).toEqual(indexes.toSorted((a, b) => a - b));
    expect(indexOf(run.lines, 'bot drained')).toBeLessThan(indexOf(run.lines, 'Initiating Shutdown'));
    expect(existsSync(join(checkout.root, '.popple/run.json'))).toBe(false);
  });

  test('what a killed supervisor left is stopped by the next, and a server that dies comes back', async () => {
    const checkout = fakeCheckout();
    const first = await checkout.run();
    await first.until('Popple is running.');
    const left = first.children();
    first.child.signal('SIGKILL');
    await first.child.exited;
    expect(running(left)).toContain('postgres');
    const second = await checkout.run();
    await second.until('Popple is running.');
    expect(running(left)).toEqual([]);
    const { nats } = second.children();
    if (!nats) throw new Error('nats must be running');
    process.kill(nats.pid, 'SIGKILL');
    await second.until('nats ended by itself with signal SIGKILL; it is started again in 1 s');
    await second.until('nats is ready');
    const port = /NATS .* on port (\d+)/.exec(second.lines.join('\n'))?.[1];
    const connected = await fetch(`http://127.0.0.1:${port}`).then(
      () => true,
      (error: Error) => !String(error).includes('ConnectionRefused'),
    );
    expect(connected).toBe(true);
    second.child.signal('SIGTERM');
    expect(await second.child.exited).toEqual({ code: 0, signal: null });
  });

  test('an interrupted start leaves nothing running', async () => {
    const checkout = fakeCheckout();
    const run = await checkout.run();
    await run.until('local Discord on');
    run.child.signal('SIGINT');
    expect(await run.child.exited).toEqual({ code: 0, signal: null });
    const records = ['nats/server.json', 'postgres/server.json'].map((file) =>
      join(checkout.root, '.popple/local-discord', file),
    );
    for (const record of records.filter(existsSync)) {
      await untilEnded(JSON.parse(readFileSync(record, 'utf8')).server);
    }
  });
});

describe('with servers of one’s own', () => {
  test('a second one in the same checkout is refused, and told of the first', async () => {
    const checkout = fakeCheckout();
    const first = await checkout.run({ env: ownServers });
    await first.until('Popple is running.');
    expect(Object.keys(first.children()).sort()).toEqual(['bot', 'discord', 'svc']);
    const second = await checkout.run({ env: ownServers });
    expect(await second.child.exited).toEqual({ code: 1, signal: null });
    expect(second.lines.join()).toMatch(new RegExp(`process ${first.child.pid}, http://127.0.0.1:\\d+`));
    expect(running(first.children())).toHaveLength(3);
    first.child.signal('SIGHUP');
    expect(await first.child.exited).toEqual({ code: 0, signal: null });
  });

  test('the local Discord is told how bot and svc are, and again when one of them dies', async () => {
    const checkout = fakeCheckout();
    checkout.write('discord.ts', listeningDiscord);
    checkout.write('svc/src/main.ts', unreadyAtTouch);
    const run = await checkout.run({ env: ownServers });
    const bot = '{"name":"bot","state":"ready","detail":""}';
    const told = (...services: string[]) =>
      run.until(`services ${JSON.stringify(services.map((one) => JSON.parse(one)))}`);
    await told('{"name":"svc","state":"ready","detail":""}', bot);
    writeFileSync(join(checkout.root, 'unready'), '');
    await told('{"name":"svc","state":"not-ready","detail":"postgres: away"}', bot);
    const { svc } = run.children();
    if (!svc) throw new Error('svc must be running');
    checkout.write('svc/src/main.ts', 'process.exit(3);');
    process.kill(svc.pid, 'SIGKILL');
    await told('{"name":"svc","state":"down","detail":"ended by itself with exit code 3"}', bot);
    run.child.signal('SIGTERM');
    expect(await run.child.exited).toEqual({ code: 0, signal: null });
  });

  test('a second Ctrl-C, a while after the first, kills what does not end', async () => {
    const checkout = fakeCheckout();
    checkout.write(
      'bot/src/main.ts',
      `${serviceProgram('bot')}; process.on('SIGTERM', () => {}); process.exit = () => {};`,
    );
    const run = await checkout.run({ env: ownServers });
    await run.until('Popple is running.');
    const children = run.children();
    run.child.signal('SIGINT');
    await run.until('bot drained');
    await sleep(SAME_REQUEST_MS + 200);
    expect(running(children)).toContain('bot');
    run.child.signal('SIGINT');
    expect(await run.child.exited).toEqual({ code: 0, signal: null });
    for (const child of Object.values(children)) await untilEnded(child);
  });

  test('when the process that ran it is killed, it ends in order', async () => {
    const checkout = fakeCheckout();
    const script = `import { spawn } from 'node:child_process';
      const env = { ...process.env, npm_lifecycle_event: 'dev' };
      const child = spawn(process.execPath, ['${checkout.root}/run.ts'], { env, stdio: 'inherit' });
      process.stdout.write('supervisor ' + child.pid + '\\n');
      setInterval(() => {}, 1000);`;
    writeFileSync(join(checkout.root, 'parent.ts'), script);
    const lines: string[] = [];
    const parent = await startChild({
      command: process.execPath,
      args: [join(checkout.root, 'parent.ts')],
      cwd: checkout.root,
      env: { ...process.env, ...ownServers, DISCORD_TOKEN: '' },
      onLine: (line) => lines.push(line),
    });
    const has = async (text: string) => {
      while (!lines.some((line) => line.includes(text))) await sleep(20);
    };
    await has('supervisor ');
    const supervisor = mustIdentify(Number(/supervisor (\d+)/.exec(lines.join('\n'))?.[1]));
    reapProcess(supervisor.pid, 'SIGTERM');
    await has('Popple is running.');
    parent.signal('SIGKILL');
    await untilEnded(supervisor);
    expect(existsSync(join(checkout.root, '.popple/run.json'))).toBe(false);
  });

  test('an edit restarts just the services it concerns', async () => {
    const checkout = fakeCheckout();
    const run = await checkout.run({ env: ownServers });
    await run.until('Popple is running.');
    const before = run.children();
    checkout.write('bot/src/main.ts', serviceProgram('bot', 2));
    await run.until('bot/src/main.ts changed: restarting bot');
    await run.until('bot drained');
    await run.until('bot 2 up');
    expect(running(before).sort()).toEqual(['discord', 'svc']);
    checkout.write('shared/src/both.ts', 'export const changed = 1;');
    await run.until('restarting bot and svc');
    await run.until('svc drained');
    checkout.write('svc/src/main.ts', 'process.exit(7)');
    await run.until('svc ended by itself with exit code 7, twice since the edit: it waits for the next edit');
    checkout.write('svc/src/main.ts', serviceProgram('svc', 3));
    await run.until('svc 3 up');
    run.child.signal('SIGTERM');
    expect(await run.child.exited).toEqual({ code: 0, signal: null });
  });

  test('new migrations are applied before svc starts, and broken ones keep it as it is', async () => {
    const checkout = fakeCheckout();
    const run = await checkout.run({ env: ownServers });
    await run.until('Popple is running.');
    checkout.write('db/migrations/broken.sql', 'x');
    await run.until('the migrations failed: svc goes on as it is');
    expect(running(run.children()).sort()).toEqual(['bot', 'discord', 'svc']);
    expect(run.lines.filter((line) => line.includes('drained'))).toEqual([]);
    rmSync(join(checkout.root, 'db/migrations/broken.sql'));
    checkout.write('db/migrations/0001_more.sql', 'x');
    await run.until('applied 0000_init.sql 0001_more.sql');
    await run.until('svc drained');
    expect(indexOf(run.lines, '0001_more.sql\n'.trim())).toBeLessThan(indexOf(run.lines, 'svc drained'));
    run.child.signal('SIGTERM');
    expect(await run.child.exited).toEqual({ code: 0, signal: null });
  });

  test('a start that fails says why, stops what had been started, and exits 1', async () => {
    const checkout = fakeCheckout();
    checkout.write('db/migrations/broken.sql', 'x');
    const run = await checkout.run({ env: ownServers });
    expect(await run.child.exited).toEqual({ code: 1, signal: null });
    expect(run.lines.at(-1)).toContain('syntax error');
    expect(existsSync(join(checkout.root, '.popple/run.json'))).toBe(false);
  });

  test('--fresh deletes the data of this Discord, and of no other', async () => {
    const checkout = fakeCheckout();
    const [kept, gone] = ['.popple/real-discord/nats/kept', '.popple/local-discord/nats/gone'];
    checkout.write(kept, '');
    checkout.write(gone, '');
    const run = await checkout.run({ env: ownServers, args: ['--fresh'] });
    await run.until('Popple is running.');
    expect([kept, gone].map((file) => existsSync(join(checkout.root, file)))).toEqual([true, false]);
    run.child.signal('SIGTERM');
    await run.child.exited;
  });

  test.each([
    [0o644, true],
    [0o600, false],
  ])('a .env of mode %o is warned of: %p', async (mode, isWarned) => {
    const checkout = fakeCheckout();
    checkout.write('.env', 'LOG_LEVEL=info\n');
    chmodSync(join(checkout.root, '.env'), mode);
    const run = await checkout.run({ env: ownServers });
    await run.until('Popple is running.');
    expect(run.lines.join('\n').includes('run chmod 600 .env')).toBe(isWarned);
    run.child.signal('SIGINT');
    await run.child.exited;
  });

  test('with a token, no local Discord is started, and bot gets the token', async () => {
    const checkout = fakeCheckout();
    const run = await checkout.run({ env: { ...ownServers, DISCORD_TOKEN: 'a.real.token' } });
    await run.until('It is connected to Discord');
    await run.until('bot 1 up with DISCORD_TOKEN,NATS_URL');
    expect(Object.keys(run.children()).sort()).toEqual(['bot', 'svc']);
    expect(run.lines.join('\n')).not.toContain('a.real.token');
    run.child.signal('SIGTERM');
    await run.child.exited;
  });
});
