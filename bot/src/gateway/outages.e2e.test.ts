import { afterEach, describe, expect, test } from 'bun:test';
import { BUCKETS } from '@popple/shared/messaging/buckets';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import { connect } from 'nats';
import { expectExact, identifies, resumes } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

/** Starts Popple, and waits for its reply in the second server. */
async function startWithReply(options: TestPoppleOptions = {}, content = 'x++') {
  popple = await testPopple(options);
  const channel = popple.channel('lobby', 1);
  const first = popple.say(content, { channel });
  await popple.reply(first);
  return { channel, guildId: channel.guildId ?? '', said: [first] };
}

/** What the bots have written down about servers that are away. */
async function away(): Promise<Record<string, string>> {
  const connection = await connect({ servers: popple.nats.url });
  const bucket = await connection.jetstream().views.kv(BUCKETS.gateway);
  const entry = await bucket.get('session.1.0.0');
  await connection.close();
  return entry?.json<{ away: Record<string, string> }>().away ?? {};
}

describe('a server in an outage', () => {
  test('is read when it comes back, from when it went away', async () => {
    const { channel, guildId, said } = await startWithReply();
    popple.discord.faults.gateway.startOutage(guildId);
    said.push(...Array.from({ length: 150 }, () => popple.say('x++', { channel })));
    await popple.reply(popple.say('elsewhere++'));
    popple.discord.faults.gateway.endOutage(guildId);
    said.push(popple.say('x++', { channel }));
    await expectExactIn(said);
    await popple.until('nothing is away any more', async () => Object.keys(await away()).length === 0);
    expect(identifies(popple)).toBe(1);
  });

  test('is read by the next bot, which has resumed the session', async () => {
    const { channel, guildId, said } = await startWithReply();
    popple.discord.faults.gateway.startOutage(guildId);
    await popple.until('it is written down', async () => guildId in (await away()));
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    said.push(popple.say('x++', { channel }));
    await popple.startBot();
    await popple.until('it is resumed', () => resumes(popple) > 0);
    popple.discord.faults.gateway.endOutage(guildId);
    await expectExactIn(said);
    expect(identifies(popple)).toBe(1);
  });

  test('is read by the next bot when this one is killed while it reads', async () => {
    const { channel, guildId, said } = await startWithReply();
    popple.discord.faults.gateway.startOutage(guildId);
    await popple.until('it is written down', async () => guildId in (await away()));
    said.push(popple.say('x++', { channel }));
    popple.discord.faults.rest({ match: `GET /channels/${channel.id}/messages`, status: 503, times: 1_000 });
    popple.discord.faults.gateway.endOutage(guildId);
    await popple.until('it is being read', () => popple.bots[0]?.output().includes('trying again') === true);
    // Long enough to write down how far the session is.
    await Bun.sleep(2_500);
    popple.bots[0]?.kill('SIGKILL');
    await popple.bots[0]?.exited;
    popple.discord.faults.clear();
    await popple.startBot();
    await expectExactIn(said);
  });

  test('is read when it comes late after a start, from where everything was handled', async () => {
    const { channel, guildId, said } = await startWithReply();
    await popple.bots[0]?.stop();
    popple.discord.faults.gateway.forgetSessions();
    said.push(popple.say('x++', { channel }));
    popple.discord.faults.gateway.startOutage(guildId);
    const bot = await popple.startBot();
    await popple.until('it is late', () => bot.output().includes('servers are late'));
    await popple.reply(popple.say('elsewhere++'));
    await popple.until('it is written down', async () => guildId in (await away()));
    popple.discord.faults.gateway.endOutage(guildId);
    await expectExactIn(said);
  }, 120_000);

  test('is read up to BACKFILL_MAX_MESSAGES of a channel, the newest', async () => {
    const { channel, guildId } = await startWithReply(
      { botEnvironment: { BACKFILL_MAX_MESSAGES: '5' } },
      'first++',
    );
    popple.discord.faults.gateway.startOutage(guildId);
    await popple.until('it is written down', async () => guildId in (await away()));
    const said = Array.from({ length: 9 }, () => popple.say('x++', { channel }));
    popple.discord.faults.gateway.endOutage(guildId);
    await expectExactIn(said.slice(4));
    expect(said.slice(0, 4).flatMap((message) => popple.repliesTo(message))).toEqual([]);
  });
});

/** As `expectExact`, in the server where these were said. */
async function expectExactIn(said: Parameters<typeof expectExact>[1]): Promise<void> {
  await expectExact(popple, said, 'x', popple.channel('lobby', 1));
}
