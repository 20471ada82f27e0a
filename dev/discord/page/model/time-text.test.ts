import { expect, test } from 'bun:test';
import { dayKey, dayText, stampText } from './time-text';

const london = { locale: 'en-GB', timeZone: 'Europe/London' };
const now = Date.parse('2026-07-02T09:30:00Z');

test.each([
  ['2026-07-02T08:05:00Z', 'Today at 09:05'],
  ['2026-07-01T23:30:00Z', 'Today at 00:30'],
  ['2026-07-01T22:30:00Z', 'Yesterday at 23:30'],
  ['2026-06-30T10:00:00Z', '30/06/2026 11:00'],
])('%s is written as %s', (at, text) => {
  expect(stampText(at, now, london)).toBe(text);
});

test('a day is that of the reader', () => {
  expect(dayKey('2026-07-01T23:30:00Z', london)).toBe('2026-07-02');
  expect(dayKey('2026-07-01T23:30:00Z', { timeZone: 'America/New_York' })).toBe('2026-07-01');
  expect(dayText('2026-07-01T23:30:00Z', london)).toBe('2 July 2026');
});
