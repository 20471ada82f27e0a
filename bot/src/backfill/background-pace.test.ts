import { expect, test } from 'bun:test';
import { BackgroundPace } from './background-pace';

test('a turn that nobody waits for any more resolves at once', async () => {
  const pace = new BackgroundPace(() => 0.001);
  const stop = new AbortController();
  await pace.turn(stop.signal);
  const waiting = pace.turn(stop.signal);
  stop.abort();
  await waiting;
});

test('a turn comes a tenth as often as the bot may ask', async () => {
  const pace = new BackgroundPace(() => 100);
  const { signal } = new AbortController();
  const beganMs = performance.now();
  for (let turn = 0; turn < 6; turn += 1) await pace.turn(signal);
  // Timers of a busy machine are late, never early by more than a millisecond each.
  expect(performance.now() - beganMs).toBeGreaterThan(490);
});
