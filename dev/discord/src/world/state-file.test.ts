import { Database } from 'bun:sqlite';
import { afterEach, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Locale, Routes } from 'discord-api-types/v10';
import { firstPlace, QUICK, restFor, Stage } from '../testing/real-clients';
import { StateFileError } from './state-file';

const stage = new Stage();
const folders: string[] = [];
afterEach(async () => {
  await stage.clear();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

async function newPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'local-discord-'));
  folders.push(folder);
  return join(folder, 'deeper', 'state.sqlite');
}

test('servers, people, messages, reactions and nonces survive a restart', async () => {
  const stateFile = await newPath();
  const before = await stage.discord({ ...QUICK, stateFile });
  const { world } = before;
  const { channelId, authorId } = firstPlace(before);
  const guild = world.addGuild({ name: 'Third' });
  const channel = world.addChannel({ guildId: guild.id, name: 'plans', topic: 'what next' });
  world.addChannel({ guildId: guild.id, name: 'Details', kind: 'thread', parentId: channel.id });
  world.deny(channel.id, 'SendMessages');
  const member = world.addMember({ name: 'Gil' });
  const dm = world.dm(member.id);
  const kept = world.say({ channelId, authorId, content: 'one' });
  world.react(channelId, kept.id, member.id, '🎉');
  world.edit(channelId, kept.id, `one <@${member.id}>`);
  const deleted = world.say({ channelId, authorId, content: 'two' });
  world.remove(channelId, deleted.id);
  world.say({ channelId: dm.id, authorId: member.id, content: 'psst', replyTo: undefined });
  const body = {
    content: 'answer',
    nonce: '77',
    enforce_nonce: true,
    message_reference: { message_id: kept.id },
  };
  await restFor(before).post(Routes.channelMessages(channelId), { body });
  const gone = world.addGuild({ name: 'Left again' });
  world.addChannel({ guildId: gone.id, name: 'empty' });
  world.removeGuild(gone.id);
  const commands = [{ name: 'karma', description: 'Give karma' }];
  await restFor(before).put(Routes.applicationCommands(world.botId), { body: commands });

  const picture = () => ({
    guilds: world.guilds(),
    channels: world.guilds().map(({ id }) => world.channels(id)),
    members: world.members(),
    dms: world.dms(),
    messages: [channelId, dm.id].map((id) => world.messages(id)),
    commands: world.commands(),
  });
  const expected = structuredClone(picture());
  const lastId = world.lastMessageId(channelId) ?? '';
  await before.stop();

  const after = await stage.discord({ ...QUICK, stateFile });
  expect({
    guilds: after.world.guilds(),
    channels: after.world.guilds().map(({ id }) => after.world.channels(id)),
    members: after.world.members(),
    dms: after.world.dms(),
    messages: [channelId, dm.id].map((id) => after.world.messages(id)),
    commands: after.world.commands(),
  }).toEqual(expected);
  await restFor(after).post(Routes.channelMessages(channelId), { body });
  expect(after.world.messages(channelId)).toHaveLength(2);
  const next = after.world.say({ channelId, authorId, content: 'later' });
  expect(BigInt(next.id)).toBeGreaterThan(BigInt(lastId));
});

test('what was said a moment ago is in the file without a stop', async () => {
  const stateFile = await newPath();
  const discord = await stage.discord({ ...QUICK, stateFile });
  const { channelId, authorId } = firstPlace(discord);
  for (let n = 0; n < 1000; n++) discord.world.say({ channelId, authorId, content: String(n) });
  await Bun.sleep(300);
  // A copy, as a crash would leave it: the file itself is locked by the one that runs.
  const copy = `${stateFile}.copy`;
  for (const suffix of ['', '-wal']) await Bun.write(copy + suffix, Bun.file(stateFile + suffix));
  const after = await stage.discord({ ...QUICK, stateFile: copy });
  expect(after.world.messages(channelId)).toHaveLength(1000);
});

test('the newest messages are kept, on disk too', async () => {
  const stateFile = await newPath();
  const options = { ...QUICK, stateFile, historyLimit: 100 };
  const discord = await stage.discord(options);
  const { channelId, authorId } = firstPlace(discord);
  for (let n = 0; n < 1000; n++) discord.world.say({ channelId, authorId, content: String(n) });
  expect(discord.world.messages(channelId).length).toBeWithin(100, 111);
  await discord.stop();
  const db = new Database(stateFile);
  expect(db.query<{ n: number }, []>('SELECT count(*) AS n FROM message').get()?.n).toBeWithin(100, 111);
  db.close(true);
  const after = await stage.discord(options);
  expect(after.world.messages(channelId)).toHaveLength(100);
  expect(after.world.messages(channelId).at(-1)?.content).toBe('999');
});

test('a file that is in use, or is something else, is refused with what to do', async () => {
  const stateFile = await newPath();
  await stage.discord({ ...QUICK, stateFile });
  const again = stage.discord({ ...QUICK, stateFile });
  await expect(again).rejects.toThrow(StateFileError);
  await expect(again).rejects.toThrow('is in use');

  const other = `${stateFile}.txt`;
  await writeFile(
    other,
    'not a database, and long enough for SQLite to look at its first hundred bytes '.repeat(4),
  );
  await expect(stage.discord({ ...QUICK, stateFile: other })).rejects.toThrow('not a state file');

  const newer = `${stateFile}.newer`;
  const db = new Database(newer);
  db.run('PRAGMA user_version = 99');
  db.close(true);
  await expect(stage.discord({ ...QUICK, stateFile: newer })).rejects.toThrow('another version');
});

test('rights and languages survive a restart', async () => {
  const stateFile = await newPath();
  const before = await stage.discord({ ...QUICK, stateFile });
  const { guildId } = firstPlace(before);
  const [, , member] = before.world.members().filter(({ bot }) => !bot);
  before.world.setAdministrator(guildId, member?.id ?? '', true);
  before.world.setLocale(member?.id ?? '', Locale.PortugueseBR);
  before.world.setGuildLocale(guildId, Locale.German);
  await before.stop();
  const after = await stage.discord({ ...QUICK, stateFile });
  expect(after.world.member(member?.id ?? '')?.locale).toBe(Locale.PortugueseBR);
  expect(after.world.guild(guildId)).toMatchObject({
    locale: Locale.German,
    roles: [{ name: 'Moderators' }, { name: 'Administrators', memberIds: [member?.id] }],
  });
});
