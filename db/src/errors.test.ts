import { expect, test } from 'bun:test';
import { DrizzleQueryError } from 'drizzle-orm';
import {
  DatabaseDeadlineError,
  DatabaseNotReadyError,
  isContention,
  isRefusal,
  isTimeout,
  isTransient,
  LedgerContentionError,
  LedgerKindError,
} from './errors';

function coded(code: string, more: Record<string, string> = {}): Error {
  return Object.assign(new Error(code), { code, ...more });
}

const TRANSIENT = [
  '08000 08003 08006 08P01 25006 26000 28P01 28000 3D000 3F000 40001 40P01 42P01 42703 42501 53100 53200 53300',
  '55P03 55006 57014 57P01 57P02 57P03 58030 0A000',
  'CONNECTION_CLOSED CONNECTION_DESTROYED CONNECTION_ENDED CONNECT_TIMEOUT',
  'ECONNREFUSED ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH ENOTFOUND EAI_AGAIN',
].flatMap((line) => line.split(' '));

const REFUSED = ['22003', '22021', '22P02', '22P05', '23505', '23514', '54000'];

const NEITHER = ['XX000', 'UNDEFINED_VALUE', 'UNSAFE_TRANSACTION', 'constructor', 'toString'];

test.each(TRANSIENT)('%s is transient', (code) => {
  expect([isTransient(coded(code)), isRefusal(coded(code))]).toEqual([true, false]);
});

test.each(REFUSED)('%s is a refusal', (code) => {
  expect([isTransient(coded(code)), isRefusal(coded(code))]).toEqual([false, true]);
});

test.each(NEITHER)('%s is neither', (code) => {
  expect([isTransient(coded(code)), isRefusal(coded(code))]).toEqual([false, false]);
});

test('what is no error, or has no code, is neither', () => {
  for (const thing of [
    undefined,
    null,
    'ECONNREFUSED',
    { code: 'ECONNREFUSED' },
    new Error('ECONNREFUSED'),
  ]) {
    expect([isTransient(thing), isRefusal(thing)]).toEqual([false, false]);
  }
});

test('what drizzle or anyone else wraps is judged by its cause', () => {
  expect(isTransient(new DrizzleQueryError('select 1', [], coded('57P01')))).toBe(true);
  expect(isRefusal(new Error('outer', { cause: new Error('inner', { cause: coded('22003') }) }))).toBe(true);
});

test('the errors of this package are in the table', () => {
  expect(isTransient(new DatabaseDeadlineError(1))).toBe(true);
  expect(isTransient(new DatabaseNotReadyError('not migrated'))).toBe(true);
  // Its cause is a 23505, which alone would be a refusal.
  expect(isTransient(new LedgerContentionError(10, coded('23505')))).toBe(true);
  expect(isRefusal(new LedgerKindError('1', 'change-karma', 'change-setting'))).toBe(true);
});

test('only the ledger’s own duplicate key, and a count that is no longer right, are a contest of workers', () => {
  expect(isContention(coded('23505', { table_name: 'ledger' }))).toBe(true);
  expect(isContention(coded('23505', { table_name: 'undone' }))).toBe(true);
  expect(isContention(coded('23505', { table_name: 'karma' }))).toBe(false);
  expect(isContention(coded('23505', { schema_name: 'journal_months', table_name: '2026_11' }))).toBe(true);
  expect(isContention(coded('23514', { schema_name: 'journal_months' }))).toBe(false);
  expect(isContention(coded('23514', { table_name: 'ledger' }))).toBe(false);
  expect(isContention(coded('23514', { constraint_name: 'counter_within_bound' }))).toBe(true);
  expect(isContention(coded('23514', { constraint_name: 'cooldown_in_turn' }))).toBe(true);
  expect(isContention(coded('23514', { constraint_name: 'ledger_kind' }))).toBe(false);
  expect(isContention(coded('23505', { constraint_name: 'cooldown_in_turn' }))).toBe(false);
});

test('a statement that took too long is told from a server that is away', () => {
  expect(isTimeout(new DatabaseDeadlineError(1))).toBe(true);
  expect(isTimeout(new Error('wrapped', { cause: coded('57014') }))).toBe(true);
  expect(isTimeout(coded('57P01'))).toBe(false);
  expect(isTimeout(coded('CONNECT_TIMEOUT'))).toBe(false);
});
