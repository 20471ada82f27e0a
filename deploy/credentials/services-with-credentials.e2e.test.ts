import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { migrate } from '@popple/db/migrate';
import { startLocalDiscord } from '@popple/local-discord/local-discord';
import { VARIABLES } from '@popple/shared/config/variables';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { startService } from '@popple/testing/service';
import { until } from '@popple/testing/until';
import { ensureEverything } from '../nats/streams';
import { databaseWithRoles } from '../testing/database-with-roles';
import { natsWithAccounts } from '../testing/nats-with-accounts';

/** What an operator who sets nothing gets: bot and svc want the streams and buckets to be exactly so. */
function defaultStreamSettings() {
  const read = <Value>({
    schema,
    fallback,
  }: {
    schema: { parse(text: unknown): Value };
    fallback?: string;
  }) => schema.parse(fallback);
  return {
    maxAgeMs: read(VARIABLES.STREAM_MAX_AGE),
    maxBytes: read(VARIABLES.STREAM_MAX_BYTES),
    replicas: read(VARIABLES.STREAM_REPLICAS),
    replyMaxAgeMs: read(VARIABLES.REPLY_MAX_AGE),
  };
}

test('bot and svc do their whole work with no more rights than deploy gives them', async () => {
  await using nats = await natsWithAccounts();
  const database = await databaseWithRoles();
  await migrate(database.url('migrate'));
  const operator = await nats.connect('operator');
  await ensureEverything(operator, defaultStreamSettings());
  const discord = await startLocalDiscord({ seed: 'empty', rateLimits: 'off' });
  const { world } = discord;
  const guild = world.addGuild({ name: 'guild' });
  const channel = world.addChannel({ guildId: guild.id, name: 'channel' });
  const member = world.addMember({ name: 'Ann' });

  const svc = await startService('svc', { NATS_URL: nats.url('svc'), DATABASE_URL: database.url('svc') });
  const bot = await startService('bot', {
    NATS_URL: nats.url('bot'),
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
  });
  await Promise.all([svc.ready(), bot.ready()]);

  const answersTo = async (content: string) => {
    const said = world.say({ channelId: channel.id, authorId: member.id, content });
    const answers = () =>
      world.messages(channel.id, { after: said.id }).filter(({ authorId }) => authorId === world.botId);
    await until(
      () => answers().length > 0,
      () => `there is an answer:\n${bot.output()}\n${svc.output()}`,
    );
    return answers().map((answer) => answer.content);
  };
  expect(await answersTo('alice++ (the build)--')).toEqual(['alice has 1 karma.\nthe build has -1 karma.']);
  expect(await answersTo(`<@${world.botId}> top`)).toEqual([
    '1. alice has 1 karma.\n2. the build has -1 karma.',
  ]);

  const client = operator.jetstream();
  const manager = await client.jetstreamManager();
  // A request is acked after the PubAck of its event, on an inbox that svc's user may subscribe to.
  await until(async () => {
    const { num_pending, num_ack_pending } = await manager.consumers.info(STREAMS.requests, DURABLES.svc);
    return num_pending + num_ack_pending === 0;
  }, 'every request is acked');

  // An operator changes a setting, which is one request more, and reads what svc has of it.
  const settings = async (...words: string[]) => {
    const child = Bun.spawn(
      [process.execPath, join(import.meta.dir, '../../cli/src/main.ts'), 'settings', guild.id, ...words],
      {
        env: { PATH: process.env.PATH, NATS_URL: nats.url('operator') },
        cwd: '/',
        stdout: 'pipe',
        stderr: 'pipe',
      },
    );
    const [output, errors] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code: await child.exited, output, errors };
  };
  const set = await settings('set', 'announce', 'on');
  expect(set).toEqual({ code: 0, output: `announce of server ${guild.id} is on\n`, errors: '' });
  expect((await settings('list', '--json')).output).toContain('"isDefault":false');

  // What nobody can read is put on POPPLE_DEAD, by the one who cannot read it.
  await client.publish('popple.request.change-karma.1', 'not json');
  await client.publish('popple.event.karma-changed.1', 'not json');
  await until(async () => (await manager.streams.info('POPPLE_DEAD')).state.messages >= 2);
  expect((await manager.streams.info('POPPLE_DEAD')).state.messages).toBe(2);

  // Another bot takes over the session, with the leases and sessions of the first in its buckets.
  await bot.stop();
  await using second = await startService('bot', {
    NATS_URL: nats.url('bot'),
    DISCORD_TOKEN: discord.token,
    DISCORD_API_URL: discord.apiUrl,
  });
  await second.ready();
  expect(await answersTo('alice++')).toEqual(['alice has 2 karma.']);
  for (const part of [bot, second, svc]) expect(part.output()).not.toContain('PERMISSIONS_VIOLATION');

  await second.stop();
  await svc.stop();
  await discord.stop();
  await operator.close();
  await database.drop();
}, 90_000);
