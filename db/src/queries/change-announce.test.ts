import { expect, test } from 'bun:test';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type postgres from 'postgres';
import { openTestDatabase } from '../testing/database';
import { hold, untilBlocked } from '../testing/locks';
import { changeAnnounce as announceRequest, changeKarma, GUILD } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { changeAnnounce } from './change-announce';

async function settingOf(admin: postgres.Sql, guildId = GUILD): Promise<boolean | undefined> {
  const [row] = await admin`SELECT announce FROM guild WHERE guild_id = ${guildId}`;
  return row?.announce;
}

test('a choice is kept and answered', async () => {
  await using t = await openTestDatabase();
  const [off, on] = [announceRequest(false), announceRequest(true)];
  expect(await changeAnnounce(t.db, [off])).toEqual(
    new Map([[off.id, { known: false, answer: { announce: false } }]]),
  );
  expect(await settingOf(t.admin)).toBe(false);
  await changeAnnounce(t.db, [on]);
  expect(await settingOf(t.admin)).toBe(true);
});

test('karma changed after the choice says so', async () => {
  await using t = await openTestDatabase();
  await changeAnnounce(t.db, [announceRequest(false)]);
  const request = changeKarma({ x: 1 });
  expect((await applyKarma(t.db, [request])).get(request.id)?.answer.announce).toBe(false);
});

test('an older choice that arrives late is answered and does not undo the newer one', async () => {
  await using t = await openTestDatabase();
  const [older, newer] = [announceRequest(true), announceRequest(false)];
  await changeAnnounce(t.db, [newer]);
  const answers = await changeAnnounce(t.db, [older]);
  expect(answers.get(older.id)).toEqual({ known: false, answer: { announce: true } });
  expect(await settingOf(t.admin)).toBe(false);
});

test('the later of two choices is the one with the later time, and of the same time the one with the higher id', async () => {
  await using t = await openTestDatabase();
  const choice = (announce: boolean, id: string, at: number) => ({ ...announceRequest(announce), id, at });
  await changeAnnounce(t.db, [choice(false, '9', 1_000)]);
  await changeAnnounce(t.db, [choice(true, 'operator.1', 2_000)]);
  expect(await settingOf(t.admin)).toBe(true);
  await changeAnnounce(t.db, [choice(false, 'operator.2', 1_999)]);
  expect(await settingOf(t.admin)).toBe(true);
  await changeAnnounce(t.db, [choice(true, 'operator.3', 2_000), choice(false, 'operator.4', 2_000)]);
  expect(await settingOf(t.admin)).toBe(false);
  await changeAnnounce(t.db, [choice(true, 'operator.30', 2_000)]);
  expect(await settingOf(t.admin)).toBe(false);
});

test('of several choices in one batch the latest message holds, whatever their order, guild by guild', async () => {
  await using t = await openTestDatabase();
  const batch = [announceRequest(true), announceRequest(false), announceRequest(true, { guildId: '5' })];
  const answers = await changeAnnounce(t.db, batch.toReversed());
  expect(batch.map(({ id }) => answers.get(id)?.answer.announce)).toEqual([true, false, true]);
  expect(await settingOf(t.admin)).toBe(false);
  expect(await settingOf(t.admin, '5')).toBe(true);
});

test('a choice delivered again is known, even twice in one batch, and changes nothing', async () => {
  await using t = await openTestDatabase();
  const [first, second] = [announceRequest(false), announceRequest(true)];
  const once = await changeAnnounce(t.db, [first, first]);
  expect(once.size).toBe(1);
  await changeAnnounce(t.db, [second]);
  const again = await changeAnnounce(t.db, [first]);
  expect(again.get(first.id)).toEqual({ known: true, answer: { announce: false } });
  expect(await settingOf(t.admin)).toBe(true);
});

test('two workers with the same choice at the same time: one applies it, the other knows', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await changeAnnounce(t.db, [announceRequest(true)]);
  const request = announceRequest(false);
  const holder = await hold(t.admin, 'SELECT FROM guild FOR UPDATE');
  const both = Promise.all([changeAnnounce(t.db, [request]), changeAnnounce(other, [request])]);
  await untilBlocked(t.admin, 2);
  await holder.commit();
  const known = (await both).map((answers) => answers.get(request.id)?.known);
  expect(known.sort()).toEqual([false, true]);
  expect(await settingOf(t.admin)).toBe(false);
});

test('the ledger says who chose what', async () => {
  await using t = await openTestDatabase();
  const request = announceRequest(false, { channelId: '111', userId: '222' });
  await changeAnnounce(t.db, [request]);
  const [row] = await t.admin`SELECT * FROM ledger`;
  expect(row).toMatchObject({
    request_id: request.id,
    kind: 'change-announce',
    guild_id: GUILD,
    channel_id: '111',
    user_id: '222',
    at: new Date(snowflakeTimeMs(request.id)),
    changes: { announce: false },
    answer: { announce: false },
  });
});

test('nothing asked is nothing done', async () => {
  await using t = await openTestDatabase();
  expect(await changeAnnounce(t.db, [])).toEqual(new Map());
});
