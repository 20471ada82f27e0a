import { describe, expect, test } from 'bun:test';
import { describeDuration } from '@popple/shared/config/describe-duration';
import { parseDurationMs } from '@popple/shared/config/duration';
import { readEnvironment } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { OperatorError } from '@popple/shared/process/operator-error';
import { checkRetention } from './check-retention';

const { LEDGER_RETENTION, STREAM_MAX_AGE, BACKFILL_MAX_AGE } = VARIABLES;

function check(environment: Record<string, string>): void {
  checkRetention(readEnvironment({ LEDGER_RETENTION, STREAM_MAX_AGE, BACKFILL_MAX_AGE }, environment));
}

describe('the ledger must outlive what can still be delivered', () => {
  test('the defaults do', () => check({}));

  // 24h until the message is read back, three stays in a stream, 1h to spare.
  test.each([
    { LEDGER_RETENTION: '529h' },
    { LEDGER_RETENTION: '28h', STREAM_MAX_AGE: '1h' },
    { LEDGER_RETENTION: '31d', STREAM_MAX_AGE: '9d' },
    { LEDGER_RETENTION: '506h', BACKFILL_MAX_AGE: '1h' },
  ])('%p is enough', (environment) => check(environment));

  test.each([
    { LEDGER_RETENTION: '528h' },
    { LEDGER_RETENTION: '1s' },
    { LEDGER_RETENTION: '27h', STREAM_MAX_AGE: '1h' },
    { STREAM_MAX_AGE: '10d' },
    { BACKFILL_MAX_AGE: '9d' },
    { LEDGER_RETENTION: '505h', BACKFILL_MAX_AGE: '1h' },
  ])('%p is refused', (environment) => {
    expect(() => check(environment)).toThrow(OperatorError);
  });

  test('the refusal says why, and what would be enough; that is', () => {
    const environment = { LEDGER_RETENTION: '8d', STREAM_MAX_AGE: '7d', BACKFILL_MAX_AGE: '24h' };
    expect(() => check(environment)).toThrow(
      /LEDGER_RETENTION is 8d.*counts twice.*Set LEDGER_RETENTION to 529h/,
    );
    check({ ...environment, LEDGER_RETENTION: '529h' });
  });
});

test.each(['1ms', '1500ms', '90s', '15m', '26h', '7d'])('%s is written as it is read', (text) => {
  expect(describeDuration(parseDurationMs(text) ?? 0)).toBe(text);
});

test.each([
  ['forever', undefined],
  ['32d', undefined],
  ['10y', 'expected forever, or a length of time'],
  ['31d', 'HISTORY_RETENTION is 31d, which is too short'],
])('a journal that is kept %s: %p', (kept, problem) => {
  const { HISTORY_RETENTION } = VARIABLES;
  const check = () =>
    checkRetention(
      readEnvironment(
        { LEDGER_RETENTION, STREAM_MAX_AGE, BACKFILL_MAX_AGE, HISTORY_RETENTION },
        { LEDGER_RETENTION: '30d', HISTORY_RETENTION: kept },
      ),
    );
  if (problem === undefined) check();
  else expect(check).toThrow(problem);
});
