import { expect, test } from 'bun:test';
import { openDatabase } from '@popple/db/client';
import { countAll } from '@popple/db/judging';
import { checkKarma } from '@popple/db/queries/check-karma';
import { testDatabase } from '@popple/testing/postgres';
import postgres from 'postgres';
import { change, check } from '../testing/requests';
import { HANDLERS, handler, kindOfSubject, writes } from './handlers';

test('the ledger admits the kinds whose handlers write, and no others', async () => {
  await using database = await testDatabase();
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  const [row] = await sql<{ rule: string }[]>`
    SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE conname = 'ledger_kind'`;
  await sql.end({ timeout: 0 });
  const admitted = [...(row?.rule ?? '').matchAll(/'([^']+)'/g)].map(([, kind]) => kind).sort();
  const writing = Object.values(HANDLERS)
    .filter((handler) => handler.writes)
    .map(({ kind }) => kind)
    .sort();
  expect(admitted).toEqual(writing);
  expect(writing.length).toBeGreaterThan(0);
});

test('a handler serves no request of another kind, and changes nothing', async () => {
  await using database = await testDatabase();
  const db = openDatabase({ url: database.url, maxConnections: 1, applicationName: 'test' });
  const both = [change('alice'), check('alice')];
  await expect(HANDLERS['change-karma'].run(db, both, countAll)).rejects.toThrow(TypeError);
  const asked = check('alice');
  const results = await HANDLERS['check-karma'].run(db, [asked], countAll);
  await db.close();
  expect(results.get(asked.id)?.event).toMatchObject({ totals: [{ display: 'alice', karma: '0' }] });
});

test('the compiler refuses a handler that writes what the ledger does not admit', () => {
  const rest = { query: checkKarma, toResult: () => expect.unreachable() };
  // @ts-expect-error check-karma is not one of LEDGER_KINDS
  handler('check-karma', { ...rest, writes: true });
  // @ts-expect-error change-karma is one of LEDGER_KINDS
  handler('change-karma', { ...rest, writes: false });
});

test('what only asks does not write', () => {
  expect([change('alice'), check('alice')].map(writes)).toEqual([true, false]);
});

test('the label of a kind that svc does not know is "none"', () => {
  const subjects = ['popple.request.check-board.1', 'popple.request.dance.1', 'popple', 'a.b.toString.c'];
  expect(subjects.map(kindOfSubject)).toEqual(['check-board', 'none', 'none', 'none']);
});
