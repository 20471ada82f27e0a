import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { changeAnnounce, changeKarma, nextId } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { changeSetting } from './change-setting';
import { findMissingIds } from './find-missing-ids';

test('an id is missing until its request is in the ledger, whatever it changed', async () => {
  await using t = await openTestDatabase();
  const karma = changeKarma({ x: 1 });
  const announce = changeAnnounce(false);
  const ids = [karma.id, announce.id, nextId()];
  expect(await findMissingIds(t.db, ids)).toEqual(new Set(ids));
  await applyKarma(t.db, [karma]);
  expect(await findMissingIds(t.db, ids)).toEqual(new Set(ids.slice(1)));
  await changeSetting(t.db, [announce]);
  expect(await findMissingIds(t.db, ids)).toEqual(new Set(ids.slice(2)));
});

test('asking changes nothing', async () => {
  await using t = await openTestDatabase();
  await findMissingIds(t.db, [nextId()]);
  expect(await t.admin`SELECT request_id FROM ledger`).toHaveLength(0);
});

test('ids keep all their digits', async () => {
  await using t = await openTestDatabase();
  const id = '9223372036854775807';
  await applyKarma(t.db, [changeKarma({ x: 1 }, { id })]);
  expect(await findMissingIds(t.db, [id, '9223372036854775806'])).toEqual(new Set(['9223372036854775806']));
});

test('ids are keys, and no numbers', async () => {
  await using t = await openTestDatabase();
  const ids = ['reaction.1.2.added', '1', '01'];
  await applyKarma(t.db, [{ ...changeKarma({ x: 1 }), id: '1' }]);
  expect(await findMissingIds(t.db, ids)).toEqual(new Set(['reaction.1.2.added', '01']));
});

test('no ids is no question, and more than a batch is refused', async () => {
  await using t = await openTestDatabase();
  expect(await findMissingIds(t.db, [])).toEqual(new Set());
  const many = Array.from({ length: 1_001 }, nextId);
  await expect(findMissingIds(t.db, many)).rejects.toThrow(RangeError);
});
