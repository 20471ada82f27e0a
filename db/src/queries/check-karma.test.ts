import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { changeKarma, checkKarma as karmaRequest } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { checkKarma } from './check-karma';

test('totals come in the order asked, with the spelling first seen, for each request its own', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ Alice: 3, Bob: -2 }), changeKarma({ alice: 9 }, { guildId: '5' })]);
  const here = karmaRequest(['bob', 'ALICE']);
  const there = karmaRequest(['Alice'], { guildId: '5' });
  expect(await checkKarma(t.db, [here, there])).toEqual(
    new Map([
      [
        here.id,
        [
          { display: 'Bob', karma: '-2' },
          { display: 'Alice', karma: '3' },
        ],
      ],
      [there.id, [{ display: 'alice', karma: '9' }]],
    ]),
  );
});

test('a subject that nobody changed has 0, spelled as asked', async () => {
  await using t = await openTestDatabase();
  const request = karmaRequest(['Nobody', '🍕']);
  expect((await checkKarma(t.db, [request])).get(request.id)).toEqual([
    { display: 'Nobody', karma: '0' },
    { display: '🍕', karma: '0' },
  ]);
});

test('totals of 64 bits keep every digit', async () => {
  await using t = await openTestDatabase();
  const request = karmaRequest(['max']);
  await t.admin`INSERT INTO karma VALUES (${request.guildId}, 'max', 'max', 9223372036854775807)`;
  expect((await checkKarma(t.db, [request])).get(request.id)).toEqual([
    { display: 'max', karma: '9223372036854775807' },
  ]);
});

test('a question changes nothing, and asked twice in a batch it is answered once', async () => {
  await using t = await openTestDatabase();
  const request = karmaRequest(['x']);
  expect((await checkKarma(t.db, [request, request])).get(request.id)).toHaveLength(1);
  expect(await t.admin`SELECT FROM karma`).toHaveLength(0);
  expect(await t.admin`SELECT FROM ledger`).toHaveLength(0);
  expect(await checkKarma(t.db, [])).toEqual(new Map());
});
