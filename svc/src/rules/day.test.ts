import { expect, test } from 'bun:test';
import { dayOf, minuteOf } from './day';

const HOUR_MS = 3_600_000;
const utc = (text: string) => Date.parse(`${text}Z`);

const days: [at: string, zone: string, date: string, end: string][] = [
  ['2026-11-25T00:00', 'UTC', '2026-11-25', '2026-11-26T00:00'],
  ['2026-11-25T23:59:59.999', 'UTC', '2026-11-25', '2026-11-26T00:00'],
  ['2026-11-25T22:59', 'Europe/Berlin', '2026-11-25', '2026-11-25T23:00'],
  ['2026-11-25T23:00', 'Europe/Berlin', '2026-11-26', '2026-11-26T23:00'],
  // The day on which summer time begins has 23 hours, that on which it ends 25.
  ['2026-03-28T23:00', 'Europe/Berlin', '2026-03-29', '2026-03-29T22:00'],
  ['2026-10-24T22:00', 'Europe/Berlin', '2026-10-25', '2026-10-25T23:00'],
  ['2026-10-25T22:59', 'Europe/Berlin', '2026-10-25', '2026-10-25T23:00'],
  // Here midnight itself is left out: the day begins at 01:00.
  ['2018-11-04T03:00', 'America/Sao_Paulo', '2018-11-04', '2018-11-05T02:00'],
  ['2018-11-04T02:59', 'America/Sao_Paulo', '2018-11-03', '2018-11-04T03:00'],
  ['2026-11-25T18:29', 'Asia/Kolkata', '2026-11-25', '2026-11-25T18:30'],
  ['2026-11-25T09:59', 'Pacific/Kiritimati', '2026-11-25', '2026-11-25T10:00'],
  ['2026-11-25T10:00', 'Pacific/Kiritimati', '2026-11-26', '2026-11-26T10:00'],
];

test.each(days)('%s in %s is a moment of %s', (at, zone, date, end) => {
  expect(dayOf(utc(at), zone)).toMatchObject({ label: utc(`${date}T00:00`), end: utc(end) });
});

test('a day of two names has one label, whatever zone names it', () => {
  const at = utc('2026-11-25T12:00');
  expect(dayOf(at, 'UTC').label).toBe(dayOf(at, 'Europe/Berlin').label);
});

test('a zone that does not exist is refused', () => {
  expect(() => dayOf(0, 'Middle/Earth')).toThrow(RangeError);
});

test('the last time that a request can have is on a day', () => {
  expect(dayOf(8_640_000_000_000_000, 'Pacific/Kiritimati').end).toBeGreaterThan(8_639_000_000_000_000);
});

test('a minute is a minute everywhere', () => {
  expect(minuteOf(HOUR_MS + 59_999)).toEqual({ label: HOUR_MS, begin: HOUR_MS, end: HOUR_MS + 60_000 });
  expect(minuteOf(HOUR_MS + 60_000).label).toBe(HOUR_MS + 60_000);
});
