import { expect, test } from 'bun:test';
import { dayOf, minuteOf, RULES, reactionTo, staticVerdict } from './place-rules';

test('a day is that of the zone, and ends where its next begins', () => {
  const midnight = Date.UTC(2026, 10, 25, 10, 15);
  const before = { label: Date.UTC(2026, 10, 25), end: midnight };
  expect(dayOf(midnight - 1, 'Pacific/Chatham')).toEqual(before);
  expect(dayOf(midnight - 3_600_000, 'Pacific/Chatham')).toEqual(before);
  expect(dayOf(midnight, 'Pacific/Chatham').label).toBe(Date.UTC(2026, 10, 26));
  // Summer time ends: 25 hours.
  expect(dayOf(Date.UTC(2026, 9, 24, 22), 'Europe/Berlin')).toEqual({
    label: Date.UTC(2026, 9, 25),
    end: Date.UTC(2026, 9, 25, 23),
  });
  expect(minuteOf(61_000)).toEqual({ label: 60_000, end: 120_000 });
});

test('what is foreseen of a change is what the message itself is', () => {
  const robots = new Set(['7']);
  const foreseen = (subject: string, delta: number) =>
    staticVerdict(RULES.limited, '1', { subject, delta }, robots);
  expect(foreseen('<@1>', 1)).toEqual({ refused: 'self' });
  expect(foreseen('<@7>', -1)).toEqual({ refused: 'receiver-bot' });
  expect(foreseen('<@2>', 2)).toEqual({ delta: 2 });
  expect(foreseen('tea', -4)).toEqual({ delta: -2, asked: -4 });
  expect(staticVerdict(RULES.loud, '1', { subject: 'tea', delta: 40 }, robots)).toEqual({ delta: 40 });
});

test('the first refusal is shown', () => {
  expect(reactionTo([{ refused: 'self' }, { refused: 'quota' }])).toBe('🙃');
  expect(reactionTo([{ refused: 'flood' }])).toBe('⏳');
  expect(reactionTo([{ refused: 'receiver-bot' }])).toBe('🚫');
});
