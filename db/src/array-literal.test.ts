import { expect, test } from 'bun:test';
import { plainArray, textArray } from './array-literal';
import { openTestDatabase } from './testing/database';

test('text of every kind, and its absence, arrive as they were', async () => {
  await using t = await openTestDatabase();
  const list = [
    '',
    ' ',
    'a,b',
    '{a}',
    '"',
    '\\',
    '\\"',
    'NULL',
    'null',
    "o'hare",
    '日本語',
    '👩‍👩‍👧',
    'é',
    '\u{10ffff}',
    '\n\t',
    undefined,
  ];
  const [row] = await t.admin.unsafe('SELECT to_jsonb($1::text::text[]) AS list', [textArray(list)]);
  expect(row?.list).toEqual(list.map((text) => text ?? null));
});

test('numbers and booleans arrive as they were', async () => {
  await using t = await openTestDatabase();
  const [row] = await t.admin.unsafe(
    'SELECT ($1::text::bigint[])::text AS ids, ($2::text::boolean[])::text AS flags, $3::text::float8[] AS none',
    [plainArray(['9223372036854775807', -1, undefined]), plainArray([true, false]), plainArray([])],
  );
  expect(row).toMatchObject({ ids: '{9223372036854775807,-1,NULL}', flags: '{t,f}' });
});
