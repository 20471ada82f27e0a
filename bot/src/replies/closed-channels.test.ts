import { expect, test } from 'bun:test';
import { ClosedChannels } from './closed-channels';

const place = (channelId: string, guildId = '9') => ({ channelId, guildId });
const MINUTE = 60_000;

test('a closed door stays closed for five minutes, then longer each time, an hour at most', () => {
  const closed = new ClosedChannels();
  let nowMs = 0;
  const lengths = Array.from({ length: 6 }, () => {
    const forMs = closed.close('reply', place('1'), nowMs);
    expect(closed.isClosed('reply', place('1'), nowMs + forMs - 1)).toBe(true);
    nowMs += forMs;
    expect(closed.isClosed('reply', place('1'), nowMs)).toBe(false);
    return forMs / MINUTE;
  });
  expect(lengths).toEqual([5, 10, 20, 40, 60, 60]);
});

test('it is one door of one channel', () => {
  const closed = new ClosedChannels();
  closed.close('reaction', place('1'), 0);
  expect(closed.isClosed('reply', place('1'), 1)).toBe(false);
  expect(closed.isClosed('reaction', place('2'), 1)).toBe(false);
});

test('what went through begins anew', () => {
  const closed = new ClosedChannels();
  closed.close('reply', place('1'), 0);
  closed.close('reply', place('1'), 5 * MINUTE);
  closed.opened('reply', place('1'));
  expect(closed.isClosed('reply', place('1'), 5 * MINUTE)).toBe(false);
  expect(closed.close('reply', place('1'), 6 * MINUTE)).toBe(5 * MINUTE);
});

test('changed permissions open the doors of that server, and not again and again', () => {
  const closed = new ClosedChannels();
  closed.close('reply', place('1'), 0);
  closed.close('reply', place('2', '8'), 0);
  closed.permissionsChanged('9', 1_000);
  expect(closed.isClosed('reply', place('1'), 4_000)).toBe(true);
  expect(closed.isClosed('reply', place('1'), 5_000)).toBe(false);
  expect(closed.isClosed('reply', place('2', '8'), 5_000)).toBe(true);
  let asked = 0;
  for (let nowMs = 5_000; nowMs < 10 * MINUTE; nowMs += 1_000) {
    closed.permissionsChanged('9', nowMs);
    if (closed.isClosed('reply', place('1'), nowMs)) continue;
    closed.close('reply', place('1'), nowMs);
    asked += 1;
  }
  expect(asked).toBeLessThan(6);
});

test('a server with many closed channels is closed as a whole for a while', () => {
  const closed = new ClosedChannels();
  for (let index = 0; index < 49; index += 1) closed.close('reply', place(`c${index}`), 0);
  expect(closed.isClosed('reply', place('open'), 1)).toBe(false);
  closed.close('reply', place('c49'), 0);
  expect(closed.isClosed('reply', place('open'), 1)).toBe(true);
  expect(closed.isClosed('reply', place('open', '8'), 1)).toBe(false);
  expect(closed.isClosed('reply', place('open'), 5 * MINUTE)).toBe(false);
});

test('the oldest are forgotten when there are too many', () => {
  const closed = new ClosedChannels();
  for (let index = 0; index < 10_001; index += 1) closed.close('reply', place(`c${index}`, `g${index}`), 0);
  expect(closed.isClosed('reply', place('c0', 'g0'), 1)).toBe(false);
  expect(closed.isClosed('reply', place('c1', 'g1'), 1)).toBe(true);
});
