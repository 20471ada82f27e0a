import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type LocalDiscord, startLocalDiscord } from '@popple/local-discord/local-discord';
import { BUCKETS } from '@popple/shared/messaging/buckets';
import { silentLog } from '@popple/shared/observability/log';
import { type TestNats, testNats } from '@popple/testing/nats';
import { until } from '@popple/testing/until';
import { connect, type KV, type NatsConnection } from 'nats';
import { COMMAND_DEFINITIONS } from '../commands/slash/slash-commands';
import { openRest } from '../discord-api';
import { hashOf, registerCommands } from './register-commands';

let nats: TestNats;
let discord: LocalDiscord;
let connection: NatsConnection;
let bucket: KV;
let stop: AbortController;
beforeEach(async () => {
  stop = new AbortController();
  [nats, discord] = await Promise.all([testNats(), startLocalDiscord({ rateLimits: 'off' })]);
  connection = await connect({ servers: nats.url });
  bucket = await connection.jetstream().views.kv(BUCKETS.gateway);
});
afterEach(async () => {
  stop.abort();
  await connection.close();
  await discord.stop();
  await nats.stop();
});

const errors: string[] = [];
const register = (self: string, claimMs?: number) => {
  const log = Object.assign(silentLog(), { error: (line: string) => void errors.push(line) });
  return registerCommands({
    rest: openRest(discord.apiUrl, discord.token),
    apiUrl: discord.apiUrl,
    bucket,
    self,
    runner: { log, signal: stop.signal },
    ...(claimMs === undefined ? {} : { claimMs }),
  });
};

const puts = () => discord.records.requests.filter(({ method }) => method === 'PUT').length;
const key = () => `commands.${discord.world.botId}`;

test('bots that start together register the commands once, and later ones not at all', async () => {
  await Promise.all([register('a'), register('b'), register('c')]);
  expect(puts()).toBe(1);
  expect(discord.world.commands().map(({ name }) => name)).toEqual(
    COMMAND_DEFINITIONS.map(({ name }) => name),
  );
  await register('d');
  expect(puts()).toBe(1);
});

test('commands that differ from those that are registered are registered', async () => {
  await bucket.put(key(), JSON.stringify({ hash: hashOf('those of an earlier release') }));
  await register('a');
  expect(puts()).toBe(1);
  expect((await bucket.get(key()))?.json<unknown>()).toEqual({ hash: hashOf(COMMAND_DEFINITIONS) });
});

test('a bot that died while it registered is not waited for indefinitely', async () => {
  await bucket.put(key(), JSON.stringify({ claimedBy: 'dead' }));
  await register('a', 1);
  expect(puts()).toBe(1);
});

test('it is tried again while Discord is not well', async () => {
  discord.faults.rest({ match: '^PUT', status: 503, times: 2 });
  await register('a');
  expect(discord.world.commands()).toHaveLength(COMMAND_DEFINITIONS.length);
});

test('what Discord refuses is logged, and the bot goes on', async () => {
  discord.faults.rest({
    match: '^PUT',
    status: 400,
    body: { code: 30034, message: 'Max number of daily creates' },
  });
  const registering = register('a');
  await until(() => errors.length > 0, 'it is logged');
  expect(errors[0]).toStartWith('Discord refused the slash commands: Max number of daily creates');
  stop.abort();
  await registering;
  expect(discord.world.commands()).toEqual([]);
});
