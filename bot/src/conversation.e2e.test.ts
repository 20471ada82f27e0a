import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { freePort } from '@popple/embedded/free-port';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { startService } from '@popple/testing/service';

let popple: TestPopple;
beforeAll(async () => {
  popple = await testPopple();
});
afterAll(() => popple.stop());

const ask = (content: string, as?: Parameters<TestPopple['say']>[1]) => popple.reply(popple.say(content, as));
const mention = () => `<@${popple.discord.world.botId}>`;

/** Says something that must not be answered, then something that must, and sees that only that was. */
async function silence(content: string, as?: Parameters<TestPopple['say']>[1]): Promise<void> {
  const quiet = popple.say(content, as);
  await ask('marker++');
  expect(popple.repliesTo(quiet)).toEqual([]);
}

describe('a conversation', () => {
  test('karma goes up and down, and each subject is told in order of appearance, in one message', async () => {
    expect(await ask('alice++')).toBe('alice has 1 karma.');
    expect(await ask('foo++, bar-- (a plane)++ alice++')).toBe(
      'foo has 1 karma.\nbar has -1 karma.\na plane has 1 karma.\nalice has 2 karma.',
    );
  });

  test('the answer is a reply with the id as nonce, pings nobody, and says nothing twice', async () => {
    const { id } = popple.member('Bruno');
    const message = popple.say(`<@${id}> ++`);
    expect(await popple.reply(message)).toBe(`<@${id}> has 1 karma.`);
    const [reply] = popple.repliesTo(message);
    expect(reply?.nonce).toBe(message.id);
    expect(reply?.mentions).toEqual([]);
    expect(popple.repliesTo(message)).toHaveLength(1);
  });

  test('markdown in a subject is shown, not obeyed', async () => {
    expect(await ask('snake_case_name++')).toBe('snake\\_case\\_name has 1 karma.');
  });

  test('karma can be asked for', async () => {
    await ask('carol++');
    expect(await ask(`${mention()} karma carol nobody C++`)).toBe(
      'carol has 1 karma.\nnobody has 0 karma.\nC++ has 0 karma.',
    );
    expect(await ask('@Popple karma carol')).toBe('carol has 1 karma.');
  });

  test('undo takes back what the last message changed, once', async () => {
    await popple.reply(popple.say('erin++'));
    expect(await ask(`${mention()} undo`)).toBe('Undone.\nerin has 0 karma.');
    expect(await ask(`${mention()} undo`)).toBe('That is undone already, so there is nothing to undo.');
  });

  test('history says who, why and in which message, and what was undone', async () => {
    const message = popple.say('dora++ for the **cake**');
    await popple.reply(message);
    const told = await ask(`${mention()} history dora`);
    const { channelId, authorId, guildId } = message;
    expect(told).toMatch(/^<t:\d+:R> /);
    expect(told).toEndWith(
      ` <@${authorId}> +1: the cake ([message](<https://discord.com/channels/${guildId}/${channelId}/${message.id}>))`,
    );
    expect(await ask(`${mention()} undo`)).toBe('Undone.\ndora has 0 karma.');
    expect(await ask(`${mention()} history dora`)).toEndWith(' (undone)');
    expect(await ask(`${mention()} undo`)).toBe('That is undone already, so there is nothing to undo.');
  });

  test('karma of nobody is answered by a question mark', async () => {
    const message = popple.say(`${mention()} karma`);
    const { world } = popple.discord;
    await popple.until('the bot reacts', () => {
      const reactions = world.message(message.channelId, message.id)?.reactions ?? [];
      return reactions.some(({ emoji, userIds }) => emoji === '❓' && userIds.includes(world.botId));
    });
  });

  test('boards are of one server, best or worst first, with ranks', async () => {
    const channel = popple.channel('lobby', 1);
    expect(await ask(`${mention()} top`, { channel })).toBe(
      'Nothing has karma here yet. Write `alice++` to begin.',
    );
    await ask('x++ x++ y-- z++', { channel });
    expect(await ask(`${mention()} top`, { channel })).toBe(
      '1. x has 2 karma.\n2. z has 1 karma.\n3. y has -1 karma.',
    );
    expect(await ask(`${mention()} bot 1`, { channel })).toBe('1. y has -1 karma.');
  });

  test.each(['top 0', 'top -1', 'bot asdf', 'top 101'])(
    '%s is answered with what is right',
    async (command) => {
      expect(await ask(`${mention()} ${command}`)).toContain('a whole number from 1 to 100');
    },
  );

  test('a long board is split between entries, stays in order, and ends with how many more there are', async () => {
    const channel = popple.channel('deploys', 1);
    for (let batch = 0; batch < 4; batch += 1) {
      const names = Array.from({ length: 25 }, (_, index) => `(${'w'.repeat(100)} ${batch * 25 + index})++`);
      const changed = popple.say(names.join(' ').slice(0, 4_000), { channel });
      await popple.reply(changed);
    }
    const message = popple.say(`${mention()} top 100`, { channel });
    await popple.until('all parts are said', () => popple.repliesTo(message).length === 5);
    await ask('marker++', { channel });
    const parts = popple.repliesTo(message);
    for (const part of parts) expect(part.content.length).toBeLessThanOrEqual(2_000);
    expect(new Set(parts.map(({ nonce }) => nonce)).size).toBe(parts.length);
    const lines = parts.flatMap(({ content }) => content.split('\n'));
    const last = lines.pop();
    expect(last).toMatch(/^… and \d+ more\.$/);
    expect(lines.map((line) => line.split('.')[0])).toEqual(lines.map((_, index) => String(index + 1)));
  });

  test('announcements can be switched off and on, and karma counts all the while', async () => {
    const channel = popple.channel('coffee', 1);
    const { world } = popple.discord;
    const confirmed = async (content: string) => {
      const message = popple.say(content, { channel });
      await popple.until(`${content} is confirmed`, () =>
        (world.message(channel.id, message.id)?.reactions ?? []).some(({ emoji }) => emoji === '✅'),
      );
    };
    await confirmed(`${mention()} announce off`);
    const quiet = popple.say('tea++', { channel });
    expect(await ask(`${mention()} karma tea`, { channel })).toBe('tea has 1 karma.');
    expect(popple.repliesTo(quiet)).toEqual([]);
    await confirmed(`${mention()} announce YES`);
    expect(await ask('tea++', { channel })).toBe('tea has 2 karma.');
    expect(await ask(`${mention()} announce maybe`, { channel })).toContain('`on` or `off`');
  });

  test('help, uptime and version are answered', async () => {
    expect(await ask(`${mention()} help`)).toContain('alice++');
    expect(await ask(`${mention()} uptime`)).toMatch(/^I have been up for /);
    expect(await ask(`${mention()} version`)).toMatch(/^Popple \d+\.\d+\.\d+$/);
  });

  test('too many subjects change nothing, and the bot says so', async () => {
    const names = Array.from({ length: 26 }, (_, index) => `many${index}++`);
    expect(await ask(names.join(' '))).toContain('26 subjects');
    expect(await ask(`${mention()} karma many0`)).toBe('many0 has 0 karma.');
  });

  test.each(['I love C++', 'git commit --amend', '`code++`', '> alice++', 'nothing to see', 'x++ x--'])(
    '%p says and changes nothing',
    (content) => silence(content),
  );

  test('webhooks, other bots and the bot itself change nothing', async () => {
    await silence('hook++', { webhookId: '1100000000000000001' });
    const { world } = popple.discord;
    const channelId = popple.channel().id;
    const machine = world.say({
      content: 'machine++',
      channelId,
      authorId: popple.member('Alice').id,
      bot: true,
    });
    const self = world.say({ content: 'self++', channelId, authorId: world.botId });
    expect(await ask(`${mention()} karma hook machine self`)).toBe(
      'hook has 0 karma.\nmachine has 0 karma.\nself has 0 karma.',
    );
    expect(popple.repliesTo(machine)).toEqual([]);
    expect(popple.repliesTo(self)).toEqual([]);
  });

  test('in a direct message help is answered, and anything else once with where karma is kept', async () => {
    const channel = popple.discord.world.dm(popple.member('Dana').id);
    const as = { channel, author: 'Dana' };
    expect(await ask('dm++', as)).toContain('the score of a server');
    const again = popple.say('dm++', as);
    expect(await ask('help', as)).toContain('**Give and take karma**');
    expect(popple.repliesTo(again)).toEqual([]);
    expect(await ask(`${mention()} karma dm`)).toBe('dm has 0 karma.');
  });

  test('a mention alone is answered with what the bot is for', async () => {
    expect(await ask(mention())).toContain('`help`');
    expect(await ask('@Popple')).toContain('`help`');
  });

  test('an unknown command is answered with those there are, once in a channel', async () => {
    expect(await ask(`${mention()} halp`)).toContain('`karma`, `top`, `bot`, `announce`');
    await silence(`${mention()} thanks a lot`);
    const channel = popple.channel('seedlings');
    expect(await ask(`${mention()} halp`, { channel })).toContain('I do not know that command');
  });

  test.each([`${'x'.repeat(129)}++`, `(${'many words '.repeat(20)})--`, `@Popple karma ${'x'.repeat(129)}`])(
    '%p is answered with how long a name may be',
    async (content) => {
      expect(await ask(content)).toContain('128 characters');
    },
  );

  test('a closed channel loses nothing but the answer, costs one refusal, and is answered when it opens', async () => {
    const channel = popple.channel('compost');
    const { world, records } = popple.discord;
    world.deny(channel.id, 'SendMessages');
    const refusedBefore = records.counts.invalidRequests;
    const unheard = Array.from({ length: 100 }, () => popple.say('rot++', { channel }));
    await popple.until(
      'it counts',
      async () => (await ask(`${mention()} karma rot`)) === 'rot has 100 karma.',
    );
    expect(unheard.flatMap((message) => popple.repliesTo(message))).toEqual([]);
    expect(records.counts.invalidRequests - refusedBefore).toBe(1);
    world.deny(channel.id);
    await popple.until('it is answered there', async () => {
      const message = popple.say(`${mention()} karma rot`, { channel });
      await Bun.sleep(500);
      return popple.repliesTo(message).length > 0;
    });
  });

  test('Discord’s errors delay an answer, and do not lose or repeat it', async () => {
    const { faults } = popple.discord;
    faults.rest({ match: '^POST /channels/\\d+/messages$', status: 503, times: 2 });
    faults.rest({ match: '^POST /channels/\\d+/messages$', drop: 'after-handling' });
    faults.rest({ match: '^POST /channels/\\d+/messages$', status: 429, retryAfterMs: 300 });
    const message = popple.say('patience++');
    expect(await popple.reply(message)).toBe('patience has 1 karma.');
    await ask('marker++');
    expect(popple.repliesTo(message)).toHaveLength(1);
  });

  test('metrics and readiness tell what is going on', async () => {
    const [bot] = popple.bots;
    expect(await bot?.readiness()).toEqual({
      ready: true,
      dependencies: { nats: 'ok', gateway: 'ok', requests: 'ok', replies: 'ok' },
    });
    const metrics = await (await fetch(`${bot?.url}/metrics`)).text();
    expect(metrics).toMatch(/popple_bot_answers_total\{outcome="posted"\} [1-9]/);
    expect(metrics).toMatch(/popple_bot_slots_held 1/);
    expect(metrics).toMatch(/popple_bot_answer_seconds_count [1-9]/);
  });
});

describe('a wrong environment', () => {
  test('a token that Discord refuses ends the bot with one sentence', async () => {
    const bot = await startService('bot', {
      DISCORD_TOKEN: 'wrong',
      DISCORD_API_URL: popple.discord.apiUrl,
      NATS_URL: popple.nats.url,
    });
    expect((await bot.exited).code).toBe(1);
    const fatal = bot
      .output()
      .trim()
      .split('\n')
      .filter((line) => line.includes('"fatal"'));
    expect(fatal).toHaveLength(1);
    expect(fatal[0]).toContain('Discord refused DISCORD_TOKEN');
  });

  test('a Discord that cannot be reached is waited for, and said to be what is missing', async () => {
    const bot = await startService('bot', {
      DISCORD_TOKEN: 'any',
      DISCORD_API_URL: `http://127.0.0.1:${await freePort()}`,
      NATS_URL: popple.nats.url,
    });
    await popple.until('it says so', () => bot.output().includes('cannot reach Discord at'));
    expect((await bot.readiness()).dependencies.gateway).toBe('Discord has not answered yet');
    expect(await bot.stop()).toEqual({ code: 0, signal: null });
  });

  test('without variables the bot names them all', async () => {
    const bot = await startService('bot', {});
    expect((await bot.exited).code).toBe(1);
    expect(bot.output()).toContain('DISCORD_TOKEN');
    expect(bot.output()).toContain('NATS_URL');
  });
});
