import { expect, test } from 'bun:test';
import { isNotableNatsLine, notablePostgresLines } from './server-log';

test("of nats-server's log, routine is left out", () => {
  expect(isNotableNatsLine('[7] 2026/11/22 19:40:33.184607 [INF] Starting nats-server')).toBe(false);
  expect(isNotableNatsLine('[7] 2026/11/22 19:40:33.184607 [WRN] Filesystem is full')).toBe(true);
  expect(isNotableNatsLine('[7] 2026/11/22 19:40:33.184607 [FTL] cannot listen')).toBe(true);
  expect(isNotableNatsLine('panic: runtime error')).toBe(true);
  expect(isNotableNatsLine('')).toBe(false);
});

test("of Postgres's log, an error is shown with what belongs to it", () => {
  const isNotable = notablePostgresLines();
  const lines = [
    'LOG:  checkpoint starting: time',
    'ERROR:  division by zero',
    'STATEMENT:  select 1/0',
    '\tfrom nowhere',
    'LOG:  checkpoint complete',
    'DETAIL:  of the checkpoint',
    'FATAL:  too many connections',
  ];
  expect(lines.filter(isNotable)).toEqual([
    'ERROR:  division by zero',
    'STATEMENT:  select 1/0',
    '\tfrom nowhere',
    'FATAL:  too many connections',
  ]);
});
