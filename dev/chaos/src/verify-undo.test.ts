import { expect, test } from 'bun:test';
import { deletionId, type Evidence, type LedgerRow } from './evidence';
import { modelOf, perfect } from './testing/perfect';
import { verify } from './verify';

const model = modelOf(1_500, true);
const all: Evidence = perfect(model);

const kindsFound = (evidence: Evidence) =>
  [...new Set(verify(model, evidence).map(({ kind }) => kind))].sort();
const problemsOf = (evidence: Evidence) =>
  verify(model, evidence).flatMap(({ kind, problem }) => (kind === 'undo' ? [problem] : []));

function firstRow(isIt: (row: LedgerRow) => boolean): LedgerRow {
  const row = all.ledger.find(isIt);
  if (row === undefined) throw new Error('there is no such row');
  return row;
}

const took = ({ totals }: LedgerRow) => totals !== undefined && totals.length > 0;
const undone = firstRow((row) => row.kind === 'undo' && took(row));
const deleted = firstRow((row) => row.kind === 'undo-deleted' && took(row));

function withRow(row: LedgerRow, change: Partial<LedgerRow>): Evidence {
  return { ...all, ledger: all.ledger.with(all.ledger.indexOf(row), { ...row, ...change }) };
}

test('what was taken back is exact when it is, and every outcome is in it', () => {
  expect(verify(model, all)).toEqual([]);
  const isUndo = ({ kind }: LedgerRow) => kind === 'undo';
  expect(() => firstRow((row) => isUndo(row) && !took(row) && row.undoes !== undefined)).not.toThrow();
  expect(() => firstRow((row) => isUndo(row) && !took(row) && row.undoes === undefined)).not.toThrow();
  expect(() => firstRow(({ verdicts }) => Bun.deepEquals(verdicts, [{ refused: 'deleted' }]))).not.toThrow();
  expect([...model.deleted].some((id) => !all.requestsInStream.has(id))).toBe(true);
});

test('it is wrong when a message is taken back twice, in part, or not at all', () => {
  const rows = all.journal.filter(({ id }) => id === undone.id);
  const twice = rows.map((row) => ({ ...row, id: deleted.id }));
  expect(kindsFound({ ...all, journal: [...all.journal, ...twice] })).toEqual(['total', 'undo']);
  const [first] = rows;
  const journal = all.journal.filter((row) => row !== first);
  expect(kindsFound({ ...all, journal })).toEqual(['total', 'undo']);
  const again = { ...undone, id: deletionId(undone.undoes ?? '') };
  expect(problemsOf({ ...all, ledger: [...all.ledger, again] })).toContainEqual(
    expect.stringMatching(/was undone twice$/),
  );
});

test('it is wrong when an undo takes back what another member wrote, or passes over what had its reply', () => {
  const own = model.said.get(undone.id);
  const other = [...model.said.values()].find(
    ({ id, authorId, effect }) =>
      authorId !== own?.authorId && effect.kind === 'change' && BigInt(id) < BigInt(undone.id),
  );
  expect(problemsOf(withRow(undone, { undoes: other?.id }))).toContainEqual(
    expect.stringMatching(/^an undo is wrong: \d+ is no change that may be undone$/),
  );
  const loud = firstRow(
    (row) =>
      row.kind === 'undo' && took(row) && all.messages.some(({ replyToId }) => replyToId === row.undoes),
  );
  expect(problemsOf(withRow(loud, { totals: [], undoes: undefined }))).toContainEqual(
    expect.stringMatching(/^an undo is wrong: it passed over \d+, which had its reply$/),
  );
  expect(problemsOf(withRow(loud, { totals: [] }))).toContainEqual(
    expect.stringMatching(/^an undo is wrong: nobody undid \d+$/),
  );
});

test('it is wrong when a deleted message goes on counting, or keeps its reason', () => {
  const kept = {
    ...all,
    ledger: all.ledger.filter((row) => row !== deleted),
    journal: all.journal.filter(({ id }) => id !== deleted.id),
  };
  expect(problemsOf(kept)).toContainEqual(expect.stringMatching(/was deleted, and it still counts$/));
  const index = all.journal.findIndex(({ id }) => id === deleted.undoes);
  const row = all.journal[index];
  if (row === undefined) throw new Error('it changed nothing');
  const journal = all.journal.with(index, { ...row, reason: 'a secret' });
  expect(kindsFound({ ...all, journal })).toContain('ledger');
});

test('it is wrong when an undo is answered otherwise than the ledger has it', () => {
  const index = all.messages.findIndex(({ replyToId }) => replyToId === undone.id);
  const reply = all.messages[index];
  if (reply === undefined) throw new Error('it has no reply');
  const content = 'That is undone already, so there is nothing to undo.';
  expect(kindsFound({ ...all, messages: all.messages.with(index, { ...reply, content }) })).toEqual([
    'reply-wrong',
  ]);
  const { totals, undoes } = undone;
  const told = (...events: object[]) => kindsFound({ ...all, told: new Map([[undone.id, events as never]]) });
  expect(told({ kind: 'undone', totals, undoes })).toEqual([]);
  expect(told({ kind: 'undone', totals, undoes }, { kind: 'undone', totals: [] })).toEqual(['told']);
});
