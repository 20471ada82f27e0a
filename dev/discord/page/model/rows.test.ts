import { expect, test } from 'bun:test';
import { exampleAuthor, exampleMessage } from '../testing/example-world';
import { layOut } from './rows';

function show(rows: ReturnType<typeof layOut>): string[] {
  return rows.map((row) =>
    row.kind === 'message' ? `${row.grouped ? '  ' : ''}${row.message.id}` : row.kind,
  );
}

test('messages of one author within seven minutes stand under one name', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 12, minute)).toISOString();
  const messages = [
    exampleMessage({ id: '1', at: at(0) }),
    exampleMessage({ id: '2', at: at(6) }),
    exampleMessage({ id: '3', at: at(12) }),
    exampleMessage({ id: '4', at: at(20) }),
    exampleMessage({ id: '5', at: at(21), author: exampleAuthor('2') }),
    exampleMessage({
      id: '6',
      at: at(21),
      author: exampleAuthor('2'),
      replyTo: { id: '1', author: exampleAuthor('1'), content: '' },
    }),
    exampleMessage({ id: '7', at: at(21), author: exampleAuthor('2') }),
  ];
  expect(show(layOut(messages, undefined))).toEqual(['day', '1', '  2', '  3', '4', '5', '6', '  7']);
});

test('a new day and the first unread message begin anew under a divider', () => {
  const messages = [
    exampleMessage({ id: '1', at: '2026-03-01T12:00:00.000Z' }),
    exampleMessage({ id: '2', at: '2026-03-01T12:01:00.000Z' }),
    exampleMessage({ id: '3', at: '2026-03-03T12:01:00.000Z' }),
  ];
  expect(show(layOut(messages, '2'))).toEqual(['day', '1', 'new', '2', 'day', '3']);
});

test('every row has a key of its own', () => {
  const days = Array.from({ length: 9 }, (_, day) =>
    exampleMessage({ id: String(day + 1), at: `2026-03-0${day + 1}T12:00:00.000Z` }),
  );
  const keys = layOut(days, '4').map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});
