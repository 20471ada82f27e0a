import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { change } from '@popple/svc/testing/requests';
import { openRig } from '../testing/rig';

test('on a terminal there is a bar, and Ctrl-C prints the counts', async () => {
  await using rig = await openRig();
  await rig.publish(Array.from({ length: 3_000 }, () => change('x')));
  let shown = '';
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'main.ts'), '--since', '1h'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', NATS_URL: rig.nats.url, DATABASE_URL: rig.database.url },
    cwd: '/',
    terminal: {
      cols: 90,
      rows: 24,
      data: (terminal, chunk) => {
        if (!shown.includes('] ') && (shown + chunk.toString()).includes('] ')) terminal.write('\u0003');
        shown += chunk.toString();
      },
    },
  });
  expect(await child.exited).toBe(130);
  while (!shown.includes('unreadable:')) await Bun.sleep(5);
  const bars = shown.split('\r\u001b[K').slice(1);
  expect(bars.length).toBeGreaterThan(1);
  for (const bar of bars) expect(bar).toMatch(/^\[#*-*\] [\d,]+ of 3,000 requests, \d+ %/);
  expect(shown).toContain('Stopped before the end');
  const [, applied] = /applied: +(\d+)/.exec(shown) ?? [];
  expect(await rig.sql`SELECT request_id FROM ledger`).toHaveLength(Number(applied));
});
