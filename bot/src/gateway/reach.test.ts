import { expect, test } from 'bun:test';
import { IN_VAIN_MS, Reach } from './reach';

const TRYING = { isReady: false, isTrying: true };
const READY = { isReady: true, isTrying: true };
const IDLE = { isReady: false, isTrying: false };

function inVainAt(reach: Reach, startMs: number): number {
  reach.seen(TRYING, startMs);
  expect(reach.isInVain(startMs + IN_VAIN_MS - 1)).toBe(false);
  expect(reach.isInVain(startMs + IN_VAIN_MS)).toBe(true);
  return startMs + IN_VAIN_MS;
}

test('trying is in vain after half a minute in which nothing was ready', () => {
  inVainAt(new Reach(), 1_000);
});

test.each([
  ['a session that gets ready', (reach: Reach) => reach.seen(READY, 20_000)],
  [
    'having nothing to try, or waiting for permission to identify',
    (reach: Reach) => reach.seen(IDLE, 20_000),
  ],
  ['having been cut off from NATS', (reach: Reach) => reach.restarted()],
])('%s begins it anew', (_what, happens) => {
  const reach = new Reach();
  reach.seen(TRYING, 0);
  happens(reach);
  inVainAt(reach, 25_000);
});

test('standing back lasts longer each time in a row, up to ten minutes, and a ready session forgives all', () => {
  const reach = new Reach(() => 1);
  const pauses = Array.from({ length: 7 }, () => reach.standBack(0));
  expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 480_000, 600_000, 600_000]);
  expect(reach.isStandingBack(599_999)).toBe(true);
  expect(reach.isStandingBack(600_000)).toBe(false);
  reach.seen(READY, 700_000);
  expect(reach.standBack(700_000)).toBe(30_000);
  reach.comeBack();
  expect(reach.isStandingBack(700_001)).toBe(false);
});
