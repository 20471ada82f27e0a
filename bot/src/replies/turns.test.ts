import { expect, test } from 'bun:test';
import fc from 'fast-check';
import { type Place, Turns } from './turns';

const place = (sequence: number, channelId = '1', guildId = '9'): Place => ({ guildId, channelId, sequence });
const flood = (turns: Turns, from: number, to: number, channelId?: string, guildId?: string) =>
  Array.from({ length: to - from }, (_, index) => turns.ask(place(from + index, channelId, guildId), 0).when);

test('a channel has so much in hand, and the rest is given back for longer and longer', () => {
  const turns = new Turns();
  expect(flood(turns, 1, 33)).toEqual(Array(32).fill('now'));
  const delays = [33, 34, 1_000].map((sequence) => turns.ask(place(sequence), 0));
  expect(delays.every(({ when }) => when === 'later')).toBe(true);
  expect(turns.ask(place(5_000, '2'), 0).when).toBe('now');
  turns.done(place(1), 2_000);
  const [first, second] = [turns.ask(place(33), 0), turns.ask(place(2_000), 0)];
  expect(first.when).toBe('now');
  expect(second.when === 'later' && second.delayMs).toBe(10_000);
  expect(turns.givenBack).toBe(3);
});

test('a channel that answers quickly may have more in hand, one that answers slowly may not', () => {
  for (const [tookMs, more] of [
    [5, 256],
    [1_000, 32],
  ] as const) {
    const turns = new Turns();
    flood(turns, 1, 13);
    for (let count = 1; count < 13; count += 1) turns.done(place(count), tookMs);
    // What is idle is forgotten: one stays in hand.
    flood(turns, 13, 25);
    for (let count = 13; count < 24; count += 1) turns.done(place(count), tookMs);
    const whens = flood(turns, 25, 400);
    expect(whens.filter((when) => when === 'now')).toHaveLength(more - 1);
  }
});

test('a server with many busy channels leaves room for others', () => {
  const turns = new Turns();
  for (let channel = 0; channel < 100; channel += 1)
    flood(turns, channel * 100, channel * 100 + 40, `c${channel}`);
  expect(turns.ask(place(100_000, 'x', 'other'), 0).when).toBe('now');
});

test('a server never has so much given back that the consumer stands still', () => {
  const turns = new Turns();
  const whens = flood(turns, 1, 6_000);
  expect(whens.filter((when) => when === 'later')).toHaveLength(5_000);
  expect(whens.at(-1)).toBe('never');
  expect(turns.ask(place(40), 0).when).toBe('later');
});

test('what was given back and never came is waited for no longer than a while', () => {
  const turns = new Turns();
  flood(turns, 1, 40);
  for (let count = 1; count <= 32; count += 1) turns.done(place(count), 10);
  expect(turns.ask(place(50), 1_000).when).toBe('later');
  expect(turns.ask(place(50), 60_000).when).toBe('now');
  expect(turns.givenBack).toBe(0);
});

test('several bots do not wait for what another may have', () => {
  const turns = new Turns();
  turns.setBots(2);
  flood(turns, 1, 40);
  turns.done(place(1), 10);
  expect(turns.ask(place(50), 1_000).when).toBe('now');
});

test('however events come again, those of a channel get their turns in order', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { minLength: 200, maxLength: 400 }), (choices) => {
      const turns = new Turns();
      const waiting = Array.from({ length: 60 }, (_, index) => index + 1);
      const fresh = [...waiting];
      const given: number[] = [];
      const inHand: number[] = [];
      const back = new Set<number>();
      for (const choice of choices) {
        if (inHand.length > 0 && choice % 3 === 0) turns.done(place(inHand.shift() ?? 0), 5);
        // New events come in order; those that were given back in any.
        const isBack = back.size > 0 && choice % 2 === 0;
        const sequence = isBack ? [...back][choice % back.size] : fresh.shift();
        if (sequence === undefined) continue;
        back.delete(sequence);
        if (turns.ask(place(sequence), 0).when === 'now') {
          given.push(sequence);
          inHand.push(sequence);
        } else back.add(sequence);
      }
      expect(given).toEqual(given.toSorted((a, b) => a - b));
    }),
  );
});
