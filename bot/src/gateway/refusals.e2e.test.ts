import { afterEach, describe, expect, test } from 'bun:test';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import postgres from 'postgres';
import { expectExact } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

describe('what no waiting fixes', () => {
  test.each([
    ['a switched-off intent', { privilegedIntents: 0 }, 'Message Content intent'],
    ['too few shards', { maxGuildsPerShard: 1 }, 'SHARD_COUNT'],
  ])('%s ends the bot with what to do', async (_what, discord, sentence) => {
    await start({ bots: 0, discord });
    const bot = await popple.startBot({ SHARD_COUNT: '1' }, false);
    expect((await bot.exited).code).toBe(1);
    expect(bot.output()).toContain(sentence);
  });
});

test('each message of all these is one ledger row', async () => {
  await start();
  const said = Array.from({ length: 5 }, () => popple.say('x++'));
  await expectExact(popple, said);
  const sql = postgres(popple.database.url, { max: 1 });
  const rows = await sql<{ request_id: string }[]>`select request_id from ledger order by at, request_id`;
  await sql.end();
  expect(rows.map(({ request_id }) => request_id)).toEqual(said.map(({ id }) => id));
});
