import { afterEach, describe, expect, test } from 'bun:test';
import type { Channel, Message } from '@popple/local-discord/world/model';
import { chooseSetting } from '@popple/testing/choose-setting';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { sessionRecord, untilResumable } from '../gateway/testing/resumable';
import { resumes } from '../gateway/testing/traffic';

/* The rules of a server look at what no message has: where its channel is, and of a message that is read back who wrote it. */

let popple: TestPopple;
afterEach(() => popple.stop());

function choose(key: string, value: string[] | number, guild = 0): Promise<void> {
  const guildId = popple.discord.world.guilds()[guild]?.id ?? '';
  return chooseSetting(popple.database.url, { guildId, key, value });
}

/** A category with a channel, and a thread in it. */
function furnish(): { category: Channel; channel: Channel; thread: Channel } {
  const { world } = popple.discord;
  const guildId = world.guilds()[0]?.id ?? '';
  const category = world.addChannel({ guildId, name: 'quiet', kind: 'category' });
  const channel = world.addChannel({ guildId, name: 'library', parentId: category.id });
  const thread = world.addChannel({ guildId, name: 'a book', kind: 'thread', parentId: channel.id });
  return { category, channel, thread };
}

/** How much karma a subject has, after all that was said in the channel before. */
async function karma(subject: string, channel: Channel): Promise<number> {
  const reply = await popple.reply(
    popple.say(`<@${popple.discord.world.botId}> karma ${subject}`, { channel }),
  );
  return Number(/ has (-?\d+) karma\.$/.exec(reply)?.[1]);
}

/** What the bot asked Discord, by path. */
const asked = (path: string) =>
  popple.discord.records.requests.filter((one) => one.method === 'GET' && one.path === path).length;

const forgotten = () => popple.discord.faults.gateway.forgetSessions();

describe('a category in which nothing counts', () => {
  test('refuses what is said in its channel, and in a thread of that', async () => {
    popple = await testPopple();
    const { category, channel, thread } = furnish();
    await choose('channels.deny', [category.id]);
    popple.say('tea++', { channel });
    popple.say('tea++', { channel: thread });
    expect(await karma('tea', channel)).toBe(0);
    expect(await karma('tea', thread)).toBe(0);
    expect(await popple.reply(popple.say('tea++'))).toBe('tea has 1 karma.');
    expect(asked(`/channels/${thread.id}`)).toBe(0);
  });

  test('does so too when the bot has resumed and nobody told it of channels: it asks once for each', async () => {
    popple = await testPopple();
    const { category, channel, thread } = furnish();
    await choose('channels.deny', [category.id]);
    await untilResumable(popple);
    await popple.bots[0]?.stop();
    await popple.startBot();
    await popple.until('the session is resumed', () => resumes(popple) === 1);
    for (const turn of [1, 2]) {
      popple.say('tea++', { channel: thread });
      popple.say('tea++', { channel });
      popple.say('cake++');
      expect(await karma('tea', thread)).toBe(0);
      expect(await karma('tea', channel)).toBe(0);
      expect(await karma('cake', popple.channel())).toBe(turn);
    }
    expect([thread, channel, category].map(({ id }) => asked(`/channels/${id}`))).toEqual([1, 1, 0]);
  });
});

describe('of messages that are read back', () => {
  /** Stops the bot, has all this said, and starts a bot that has to read it back; `karma` comes after it. */
  async function backfill(say: () => Message[]): Promise<void> {
    await untilResumable(popple);
    const before = (await sessionRecord(popple))?.session?.sessionId;
    await popple.bots[0]?.stop();
    forgotten();
    say();
    await popple.startBot();
    await untilResumable(popple, before);
  }

  /** Who Discord was asked for; the bot asks for itself, to know which channels it may read. */
  const membersAsked = () =>
    popple.discord.records.requests
      .flatMap(
        ({ method, path }) => (method === 'GET' && /^\/guilds\/\d+\/members\/(\d+)$/.exec(path)?.[1]) || [],
      )
      .filter((id) => id !== popple.discord.world.botId);

  test('Discord is asked once who wrote them, where a list says who may give', async () => {
    popple = await testPopple();
    const { world } = popple.discord;
    const bruno = popple.member('Bruno');
    const guildId = world.guilds()[0]?.id ?? '';
    world.setAdministrator(guildId, bruno.id, true);
    const role = world.guilds()[0]?.roles?.find(({ name }) => name === 'Administrators');
    await choose('roles.give.allow', [role?.id ?? '']);
    await popple.reply(popple.say('first++', { author: 'Bruno' }));
    expect(membersAsked()).toEqual([]);
    await backfill(() =>
      ['tea++', 'cake++', 'pie++'].flatMap((content) => [
        popple.say(content, { author: 'Bruno' }),
        popple.say(content, { author: 'Alice' }),
      ]),
    );
    expect(await karma('tea', popple.channel())).toBe(1);
    expect(await karma('pie', popple.channel())).toBe(1);
    const alice = popple.member('Alice').id;
    expect(membersAsked().sort()).toEqual([alice, bruno.id].sort());
  });

  test('Discord is asked for whom they are, where a list says who may receive', async () => {
    popple = await testPopple();
    const { world } = popple.discord;
    const bruno = popple.member('Bruno').id;
    const guildId = world.guilds()[0]?.id ?? '';
    world.setAdministrator(guildId, bruno, true);
    const role = world.guilds()[0]?.roles?.find(({ name }) => name === 'Administrators');
    await choose('roles.receive.deny', [role?.id ?? '']);
    await popple.reply(popple.say('first++'));
    await backfill(() => [popple.say(`<@${bruno}> ++ tea++`)]);
    expect(await karma('tea', popple.channel())).toBe(1);
    expect(await karma(`<@${bruno}>`, popple.channel())).toBe(0);
    expect(membersAsked()).toEqual([bruno]);
  });

  test('nobody is asked about where no rule looks at it', async () => {
    popple = await testPopple();
    await popple.reply(popple.say('first++'));
    await backfill(() => [popple.say('tea++')]);
    expect(await karma('tea', popple.channel())).toBe(1);
    expect(membersAsked()).toEqual([]);
  });
});
