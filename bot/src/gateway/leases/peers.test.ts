import { describe, expect, test } from 'bun:test';
import { makeInstanceId } from './instance';
import { LOOKS_TO_BELIEVE, Peers } from './peers';

const [a, b, c] = [1, 2, 3].map(makeInstanceId) as [string, string, string];
const PATIENCE_MS = 10_000;

function peersOf(self: string, instances: readonly string[]): Peers {
  const peers = new Peers({ self, patienceMs: PATIENCE_MS });
  peers.registered(instances);
  return peers;
}

const looks = (peers: Peers, instance: string, count: number, nowMs = 0) =>
  Array.from({ length: count }, () => peers.hasNoResponders(instance, nowMs));

describe('whom to ask', () => {
  test.each([
    [a, b],
    [b, c],
    [c, a],
  ])('each instance asks the next one, and the last the first', (self, next) => {
    expect(peersOf(self, [a, b, c]).whomToAsk(false, 0)).toEqual([next]);
  });

  test('who lacks slots asks everybody else', () => {
    expect(peersOf(b, [a, b, c]).whomToAsk(true, 0)).toEqual([a, c]);
  });

  test('one alone asks nobody', () => {
    expect(peersOf(a, [a]).whomToAsk(true, 0)).toEqual([]);
  });

  test('a bot of an earlier release, which serves no subject, is passed over', () => {
    expect(peersOf(a, [a, '000000000000002-0badcafe', c]).whomToAsk(false, 0)).toEqual([c]);
  });
});

describe('who is gone', () => {
  test('an instance for which nobody responds so often in a row', () => {
    const peers = peersOf(a, [a, b, c]);
    expect(looks(peers, b, LOOKS_TO_BELIEVE)).toEqual([false, false, true]);
    expect(peers.alive(0)).toEqual([a, c]);
  });

  test('not one that responds in between: its connection was lost for a moment', () => {
    const peers = peersOf(a, [a, b]);
    looks(peers, b, LOOKS_TO_BELIEVE - 1);
    peers.responded(b);
    expect(looks(peers, b, LOOKS_TO_BELIEVE - 1)).toEqual([false, false]);
    expect(peers.alive(0)).toEqual([a, b]);
  });
});

describe('after NATS was away', () => {
  test('those known before count as living for a lease time, registered or not, and are not believed to be gone', () => {
    const peers = peersOf(a, [a, b]);
    peers.reconnected(1_000);
    peers.registered([a]);
    expect(peers.whomToAsk(false, 1_000)).toEqual([b]);
    expect(looks(peers, b, 5, 2_000)).toEqual([false, false, false, false, false]);
    expect(peers.alive(10_999)).toEqual([a, b]);
    expect(peers.alive(11_000)).toEqual([a]);
  });

  test('one that has responded is known to be there, and can be believed to be gone at once', () => {
    const peers = peersOf(a, [a, b]);
    peers.reconnected(1_000);
    peers.registered([a]);
    peers.responded(b);
    expect(peers.alive(2_000)).toEqual([a, b]);
    expect(looks(peers, b, LOOKS_TO_BELIEVE, 2_000).at(-1)).toBe(true);
    expect(peers.alive(2_000)).toEqual([a]);
  });

  test('one that has registered again counts by that', () => {
    const peers = peersOf(a, [a, b]);
    peers.reconnected(1_000);
    peers.responded(b);
    peers.registered([a, b]);
    peers.registered([a]);
    expect(peers.alive(2_000)).toEqual([a]);
  });
});
