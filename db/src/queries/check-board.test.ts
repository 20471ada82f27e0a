import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { checkBoard as boardRequest, changeKarma } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { checkBoard } from './check-board';

test('the top has the highest first, the bottom the lowest, ties in mirrored order of the key', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [
    changeKarma({ B: 5, a: 5, é: 5, zero: 1, low: -7, lower: -8 }),
    changeKarma({ zero: -1 }),
  ]);
  const top = boardRequest('top', 4);
  const bottom = boardRequest('bottom', 100);
  const boards = await checkBoard(t.db, [top, bottom]);
  expect(boards.get(top.id)).toEqual([
    { display: 'a', karma: '5' },
    { display: 'B', karma: '5' },
    { display: 'é', karma: '5' },
    { display: 'zero', karma: '0' },
  ]);
  expect(boards.get(bottom.id)?.map(({ display }) => display)).toEqual([
    'lower',
    'low',
    'zero',
    'é',
    'B',
    'a',
  ]);
});

test('boards of several guilds and sizes in one statement are each their own', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 1, y: 2 }), changeKarma({ z: 3 }, { guildId: '5' })]);
  const requests = [
    boardRequest('top', 1),
    boardRequest('bottom', 1),
    boardRequest('top', 10, { guildId: '5' }),
    boardRequest('top', 10, { guildId: '6' }),
  ];
  const boards = await checkBoard(t.db, requests);
  expect(requests.map(({ id }) => boards.get(id)?.map(({ display }) => display))).toEqual([
    ['y'],
    ['x'],
    ['z'],
    [],
  ]);
  expect(await checkBoard(t.db, [])).toEqual(new Map());
});

test('a board begins at the rank that is asked for', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ a: 3, b: 2, c: 1 })]);
  const requests = [
    { ...boardRequest('top', 2), from: 2 },
    { ...boardRequest('bottom', 2), from: 3 },
    { ...boardRequest('top', 2), from: 4 },
  ];
  const boards = await checkBoard(t.db, requests);
  expect(requests.map(({ id }) => boards.get(id)?.map(({ display }) => display))).toEqual([
    ['b', 'c'],
    ['a'],
    [],
  ]);
});

test('karma of 64 bits keeps every digit', async () => {
  await using t = await openTestDatabase();
  const request = boardRequest('top', 1);
  await t.admin`INSERT INTO karma VALUES (${request.guildId}, 'max', 'Max', 9223372036854775807)`;
  expect((await checkBoard(t.db, [request])).get(request.id)).toEqual([
    { display: 'Max', karma: '9223372036854775807' },
  ]);
});
