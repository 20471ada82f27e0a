import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { type Members, membersOf } from './testing/member';

/* What members can do with commands, menus and forms, through the real bot and svc. */

let popple: TestPopple;
let members: Members;
beforeAll(async () => {
  popple = await testPopple({ svcs: 0 });
  await popple.startSvc({ RULES_PRESET: 'default' });
  members = membersOf(popple);
  await members.ready();
});
afterAll(() => popple.stop());

const idOf = (name: string) => popple.member(name).id;
const mentionOf = (name: string) => `<@${idOf(name)}>`;
const thing = async (what: string, change = 1, rest = {}) =>
  members.words(await members.slash('thing', { what, change, ...rest }));

describe('/karma give and take', () => {
  test('who gives has a receipt for their eyes, and everybody sees what changed and by whom', async () => {
    const outcome = await members.slash('give', { to: idOf('Bruno'), reason: 'the build' });
    expect(await members.words(outcome)).toBe(`${mentionOf('Bruno')} has 1 karma.`);
    expect(members.response(outcome)?.visibleTo).toBe(idOf('Alice'));
    const announcement = `${mentionOf('Alice')}: ${mentionOf('Bruno')} has 1 karma.`;
    await popple.until('it is announced', () => members.announcements().includes(announcement));
    expect(members.announcements().filter((one) => one === announcement)).toHaveLength(1);
  });

  test('what does not count is told to who asked, with the reason, and to nobody else', async () => {
    const before = members.announcements().length;
    const refusal = async (options: Record<string, string>) =>
      await members.words(await members.slash('give', options));
    expect(await refusal({ to: idOf('Alice') })).toBe('You cannot change your own karma.');
    expect(await refusal({ to: idOf('Bruno') })).toMatch(
      /^You changed the karma of this member a short while ago\. It counts again <t:\d+:R>\.$/,
    );
    expect(await refusal({ to: popple.discord.world.botId })).toBe('Bots have no karma in this server.');
    expect(members.announcements()).toHaveLength(before);
  });

  test('the amount counts, as far as the server lets it', async () => {
    const outcome = await members.slash('take', { from: idOf('Bruno'), amount: 7 }, { author: 'Chidi' });
    expect(await members.words(outcome, { author: 'Chidi' })).toBe(
      `${mentionOf('Bruno')} has -4 karma. (That counts as −5.)`,
    );
  });
});

describe('/karma thing', () => {
  test('anything can be named, and chat and commands count together', async () => {
    expect(await thing('the build')).toBe('the build has 1 karma.');
    expect(await popple.reply(popple.say('(The Build)++'))).toBe('the build has 2 karma.');
    expect(await thing('THE  build', -1, { reason: 'it is red\nagain' })).toBe('the build has 1 karma.');
  });

  test('what cannot be counted is told at once', async () => {
    expect(await thing('…')).toBe('A name needs a letter, a digit or an emoji. Nothing was done.');
    expect(await thing('tea', 0)).toBe('A change of 0 is none. Nothing was done.');
  });

  test('names are suggested while somebody types', async () => {
    await thing('strawberries');
    await popple.until('it is suggested', async () =>
      (await members.suggestions('thing', 'BERR')).includes('strawberries'),
    );
    expect(await members.suggestions('thing', 'nobody has this')).toEqual([]);
  });
});

test('/karma undo takes back what one changed last, by a command or in chat, once', async () => {
  const as = { author: 'Emre' };
  const undone = async () => await members.words(await members.slash('undo', {}, as), as);
  const given = await members.slash('thing', { what: 'the roof', change: 2 }, as);
  expect(await members.words(given, as)).toBe('the roof has 2 karma.');
  expect(await undone()).toBe('Undone.\nthe roof has 0 karma.');
  expect(await undone()).toMatch(/so there is nothing to undo\.$/);
  expect(await popple.reply(popple.say('(the roof)++', as))).toBe('the roof has 1 karma.');
  expect(await undone()).toBe('Undone.\nthe roof has 0 karma.');
});

describe('/karma show, top and help', () => {
  test('a member, a thing or oneself is shown, to all or to who asks', async () => {
    await thing('coffee', 3);
    const shown = await members.slash('show', { what: 'coffee' });
    expect(await members.words(shown)).toBe('coffee has 3 karma.');
    expect(members.response(shown)?.visibleTo).toBeUndefined();
    const own = await members.slash('show', { private: true });
    expect(await members.words(own)).toBe(`${mentionOf('Alice')} has 0 karma.`);
    expect(members.response(own)?.visibleTo).toBe(idOf('Alice'));
  });

  test('the board has either end', async () => {
    const channel = popple.channel('lobby', 1);
    expect(await members.words(await members.slash('top', {}, { channel }), { channel })).toBe(
      'Nothing has karma here yet. Write `alice++` to begin.',
    );
    for (const [what, change] of [['x', 2] as const, ['y', -1] as const]) {
      await members.words(await members.slash('thing', { what, change }, { channel }), { channel });
    }
    const least = await members.slash('top', { end: 'bottom' }, { channel });
    expect(await members.words(least, { channel })).toBe('1. y has -1 karma.\n2. x has 2 karma.');
  });

  test('the pages of a board are turned by its buttons, in place, by anybody', async () => {
    const channel = popple.channel('deploys', 1);
    const at = { channel };
    const names = [...'123456789'].map((digit) => `plan${digit}`);
    await popple.reply(popple.say(names.map((name) => `${name}++`).join(' '), at));
    const board = await members.slash('top', {}, at);
    const shows = (text: string) =>
      popple.until(`the board shows ${text}`, () => members.response(board, at)?.content === text);
    const first = ['1. x has 2 karma.', ...names.map((name, index) => `${index + 2}. ${name} has 1 karma.`)];
    await shows(first.join('\n'));
    expect(await members.press(board, 'Next', { ...at, author: 'Bruno' })).toMatchObject({ kind: 'updated' });
    await shows('11. y has -1 karma.');
    await expect(members.press(board, 'Next', at)).rejects.toThrow('disabled');
    await members.press(board, 'Back', at);
    await shows(first.join('\n'));
    await members.press(board, 'The least', at);
    await popple.until('the other end is shown', () =>
      (members.response(board, at)?.content ?? '').startsWith('1. y has -1 karma.'),
    );
  });

  test('help is for who asks', async () => {
    const outcome = await members.slash('help');
    expect(await members.words(outcome)).toContain('/karma give');
    expect(members.response(outcome)?.visibleTo).toBe(idOf('Alice'));
  });
});

describe('menus', () => {
  test('a member is given one, and their karma shown', async () => {
    const as = { author: 'Bruno' };
    const given = await members.menu('Give karma', idOf('Chidi'), as);
    expect(await members.words(given, as)).toBe(`${mentionOf('Chidi')} has 1 karma.`);
    const shown = await members.menu('Karma of this member', idOf('Chidi'), as);
    expect(await members.words(shown, as)).toBe(`${mentionOf('Chidi')} has 1 karma.`);
    expect(members.response(shown, as)?.visibleTo).toBe(idOf('Bruno'));
  });

  test('who wrote a message is given one for it, through a form that asks what for', async () => {
    const message = popple.say('I fixed it', { author: 'Dana' });
    const form = await members.menu('Give karma for this', message.id);
    expect(form).toMatchObject({ kind: 'modal', title: 'Give karma for this' });
    const outcome = await members.submit(form, { reason: 'the fix' });
    expect(await members.words(outcome)).toBe(`${mentionOf('Dana')} has 1 karma.`);
  });

  test('the messages of bots earn nothing', async () => {
    const message = popple.say('toast++');
    await popple.reply(message);
    const [reply] = popple.repliesTo(message);
    const outcome = await members.menu('Give karma for this', reply?.id ?? '');
    expect(await members.words(outcome)).toBe('Bots and webhooks have no karma.');
  });
});
