import { afterEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import { chatStateSchema } from './chat-contract';

const ENTRY = join(import.meta.dir, 'main.ts');
const running: Bun.Subprocess[] = [];
afterEach(async () => {
  for (const child of running.splice(0)) {
    child.kill('SIGKILL');
    await child.exited;
  }
});

function start(...args: string[]) {
  const child = Bun.spawn([process.execPath, ENTRY, ...args], { stdout: 'pipe', stderr: 'pipe' });
  running.push(child);
  return child;
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes('\n')) break;
  }
  return text.split('\n')[0] ?? '';
}

test.each(['SIGINT', 'SIGTERM'] as const)('it says where it is, and stops at %s', async (signal) => {
  const child = start('--token', 'secret');
  const url = (await firstLine(child.stdout)).replace('Local Discord at ', '');
  const response = await fetch(`${url}/api/v10/users/@me`, { headers: { authorization: 'Bot secret' } });
  expect(response.status).toBe(200);
  child.kill(signal);
  expect(await child.exited).toBe(0);
});

test('it serves the chat page', async () => {
  const url = (await firstLine(start().stdout)).replace('Local Discord at ', '');
  expect(await (await fetch(url)).text()).toContain('<div id="page">');
});

test('files have the address under which bots reach it', async () => {
  const child = start('--public-url', 'http://discord:3000/', '--no-rate-limits');
  const url = (await firstLine(child.stdout)).replace('Local Discord at ', '');
  const state = chatStateSchema.parse(await (await fetch(`${url}/_local/state`)).json());
  const body = new FormData();
  body.set('payload_json', '{"content":"x"}');
  body.set('files[0]', new File(['a,b'], 'a.csv'));
  const response = await fetch(`${url}/api/v10/channels/${state.guilds[0]?.channels[0]?.id}/messages`, {
    method: 'POST',
    headers: { authorization: 'Bot local' },
    body,
  });
  expect(await response.json()).toMatchObject({
    attachments: [{ url: expect.stringMatching(/^http:\/\/discord:3000\/attachments\/\d+\/a\.csv$/) }],
  });
});

test('it tells how it is used', async () => {
  const child = start('--help');
  expect(await new Response(child.stdout).text()).toContain('--port');
  expect(await child.exited).toBe(0);
});

test('what it cannot do is one line', async () => {
  const busy = Bun.serve({ port: 0, hostname: '127.0.0.1', fetch: () => new Response() });
  const cases: [args: string[], says: string][] = [
    [['--port', String(busy.port)], 'the port is taken'],
    [['--port', 'x'], '--port:'],
    [['--nonsense'], "Unknown option '--nonsense'"],
  ];
  for (const [args, says] of cases) {
    const child = start(...args);
    expect(await new Response(child.stderr).text()).toContain(says);
    expect(await child.exited).toBe(1);
  }
  await busy.stop(true);
});
