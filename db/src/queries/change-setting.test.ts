import { expect, test } from 'bun:test';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type postgres from 'postgres';
import { openTestDatabase } from '../testing/database';
import { hold, untilBlocked } from '../testing/locks';
import { changeAnnounce as announceRequest, changeKarma, GUILD } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { changeSetting } from './change-setting';
import { readSettings } from './read-settings';

async function settingOf(admin: postgres.Sql, guildId = GUILD): Promise<unknown> {
  const [row] = await admin`SELECT value FROM setting WHERE guild_id = ${guildId} AND key = 'announce'`;
  return row?.value;
}

test('a choice is kept and answered', async () => {
  await using t = await openTestDatabase();
  const [off, on] = [announceRequest(false), announceRequest(true)];
  expect(await changeSetting(t.db, [off])).toEqual(
    new Map([[off.id, { known: false, answer: { key: 'announce', value: false } }]]),
  );
  expect(await settingOf(t.admin)).toBe(false);
  await changeSetting(t.db, [on]);
  expect(await settingOf(t.admin)).toBe(true);
});

test('karma changed after the choice says so', async () => {
  await using t = await openTestDatabase();
  await changeSetting(t.db, [announceRequest(false)]);
  const request = changeKarma({ x: 1 });
  expect((await applyKarma(t.db, [request])).get(request.id)?.answer.announce).toBe(false);
});

test('an older choice that arrives late is answered and does not undo the newer one', async () => {
  await using t = await openTestDatabase();
  const [older, newer] = [announceRequest(true), announceRequest(false)];
  await changeSetting(t.db, [newer]);
  const answers = await changeSetting(t.db, [older]);
  expect(answers.get(older.id)).toEqual({ known: false, answer: { key: 'announce', value: true } });
  expect(await settingOf(t.admin)).toBe(false);
});

test('the later of two choices is the one with the later time, and of the same time the one with the higher id', async () => {
  await using t = await openTestDatabase();
  const choice = (announce: boolean, id: string, at: number) => ({ ...announceRequest(announce), id, at });
  await changeSetting(t.db, [choice(false, '9', 1_000)]);
  await changeSetting(t.db, [choice(true, 'operator.1', 2_000)]);
  expect(await settingOf(t.admin)).toBe(true);
  await changeSetting(t.db, [choice(false, 'operator.2', 1_999)]);
  expect(await settingOf(t.admin)).toBe(true);
  await changeSetting(t.db, [choice(true, 'operator.3', 2_000), choice(false, 'operator.4', 2_000)]);
  expect(await settingOf(t.admin)).toBe(false);
  await changeSetting(t.db, [choice(true, 'operator.30', 2_000)]);
  expect(await settingOf(t.admin)).toBe(false);
});

test('of several choices in one batch the latest message holds, whatever their order, guild by guild', async () => {
  await using t = await openTestDatabase();
  const batch = [announceRequest(true), announceRequest(false), announceRequest(true, { guildId: '5' })];
  const answers = await changeSetting(t.db, batch.toReversed());
  expect(batch.map(({ id }) => answers.get(id)?.answer.value)).toEqual([true, false, true]);
  expect(await settingOf(t.admin)).toBe(false);
  expect(await settingOf(t.admin, '5')).toBe(true);
});

test('a choice delivered again is known, even twice in one batch, and changes nothing', async () => {
  await using t = await openTestDatabase();
  const [first, second] = [announceRequest(false), announceRequest(true)];
  const once = await changeSetting(t.db, [first, first]);
  expect(once.size).toBe(1);
  await changeSetting(t.db, [second]);
  const again = await changeSetting(t.db, [first]);
  expect(again.get(first.id)).toEqual({ known: true, answer: { key: 'announce', value: false } });
  expect(await settingOf(t.admin)).toBe(true);
});

test('two workers with the same choice at the same time: one applies it, the other knows', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await changeSetting(t.db, [announceRequest(true)]);
  const request = announceRequest(false);
  const holder = await hold(t.admin, 'SELECT FROM setting FOR UPDATE');
  const both = Promise.all([changeSetting(t.db, [request]), changeSetting(other, [request])]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const known = (await both).map((answers) => answers.get(request.id)?.known);
  expect(known.sort()).toEqual([false, true]);
  expect(await settingOf(t.admin)).toBe(false);
});

test('the ledger says who chose what', async () => {
  await using t = await openTestDatabase();
  const request = announceRequest(false, { channelId: '111', userId: '222' });
  await changeSetting(t.db, [request]);
  const [row] = await t.admin`SELECT * FROM ledger`;
  expect(row).toMatchObject({
    request_id: request.id,
    kind: 'change-setting',
    guild_id: GUILD,
    channel_id: '111',
    user_id: '222',
    at: new Date(snowflakeTimeMs(request.id)),
    changes: { key: 'announce', value: false },
    answer: { key: 'announce', value: false },
  });
});

test('a choice that is taken back leaves the fallback, and an older one that arrives late does not come back', async () => {
  await using t = await openTestDatabase();
  const [first, older, back] = [announceRequest(false), announceRequest(false), announceRequest(null)];
  await changeSetting(t.db, [first]);
  const answers = await changeSetting(t.db, [back]);
  expect(answers.get(back.id)).toEqual({ known: false, answer: { key: 'announce', value: null } });
  await changeSetting(t.db, [older]);
  expect(await settingOf(t.admin)).toBeNull();
  const request = changeKarma({ x: 1 });
  expect((await applyKarma(t.db, [request])).get(request.id)?.answer.announce).toBe(true);
  expect((await changeSetting(t.db, [back])).get(back.id)).toMatchObject({ known: true });
});

test('what a server has chosen is read by key, without what was taken back', async () => {
  await using t = await openTestDatabase();
  expect(await readSettings(t.db, GUILD)).toEqual([]);
  const choice = announceRequest(false);
  await changeSetting(t.db, [choice, announceRequest(true, { guildId: '5' })]);
  // One of a later release.
  await t.admin`INSERT INTO setting VALUES (${GUILD}, 'a-later-one', '[1, "x"]', to_timestamp(1.5), 'operator.1')`;
  expect(await readSettings(t.db, GUILD)).toEqual([
    { key: 'a-later-one', value: [1, 'x'], at: 1_500 },
    { key: 'announce', value: false, at: choice.at },
  ]);
  await changeSetting(t.db, [announceRequest(null)]);
  expect((await readSettings(t.db, GUILD)).map(({ key }) => key)).toEqual(['a-later-one']);
});

test('nothing asked is nothing done', async () => {
  await using t = await openTestDatabase();
  expect(await changeSetting(t.db, [])).toEqual(new Map());
});
