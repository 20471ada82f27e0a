import { expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import type { ChatDriver } from './testing/chat-driver';
import { describePage } from './testing/describe-page';

const NARROW = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

describePage('reading along', (stage) => {
  const topOf = async (chat: ChatDriver, id: string) => (await chat.byId(id).boundingBox())?.y ?? Number.NaN;

  test('history comes in page by page as one scrolls up, and nothing jumps', async () => {
    for (let n = 1; n <= 140; n += 1)
      stage.say(n % 3 === 0 ? 'Bruno' : 'Dana', 'general', `message no ${n}.`);
    const chat = await stage.open();
    await chat.message('message no 140.').waitFor();
    expect(await chat.message('message no 140.').isVisible()).toBe(true);
    expect(await chat.messages.count()).toBe(50);

    const oldest = (await chat.messages.first().getAttribute('data-message-id')) ?? '';
    await chat.byId(oldest).scrollIntoViewIfNeeded();
    await until(async () => (await chat.messages.count()) === 100, 'the second page');
    const box = await topOf(chat, oldest);
    expect(box).toBeGreaterThan(0);
    expect(box).toBeLessThan(720);

    await until(async () => {
      await chat.messages.first().scrollIntoViewIfNeeded();
      return (await chat.messages.count()) === 140;
    }, 'the first page');
    await chat.page.getByRole('heading', { name: 'Welcome to #general' }).waitFor();
    const contents = await chat.component('content').allTextContents();
    expect(contents).toEqual(Array.from({ length: 140 }, (_, n) => `message no ${n + 1}.`));
  });

  test('what arrives while one reads back stays below, announced by a button', async () => {
    for (let n = 1; n <= 40; n += 1) stage.say('Dana', 'seedlings', `seed ${n}.`);
    const chat = await stage.open();
    await chat.openChannel('seedlings');
    await chat.message('seed 40.').waitFor();
    await chat.scroll(-600);
    await chat.component('jump').waitFor();
    const anchor = (await chat.message('seed 20.').getAttribute('data-message-id')) ?? '';
    const before = await topOf(chat, anchor);

    stage.say('Emre', 'seedlings', 'a newcomer');
    await chat.component('jump').getByText('1 new message').waitFor();
    await chat.page.getByRole('separator', { name: 'New messages' }).waitFor();
    expect(Math.abs((await topOf(chat, anchor)) - before)).toBeLessThan(2);

    await chat.component('jump').click();
    await chat.component('jump').waitFor({ state: 'hidden' });
    stage.say('Emre', 'seedlings', 'and another');
    await chat.message('and another').waitFor();
    expect(await chat.message('and another').isVisible()).toBe(true);
    expect(await chat.component('jump').isVisible()).toBe(false);
  });

  test('other channels and servers show what is unread, pings apart', async () => {
    const chat = await stage.open();
    await chat.message('message no 140.').waitFor();
    stage.say('Bruno', 'compost', 'one');
    stage.say('Bruno', 'compost', `two, <@${stage.idOf('Alice')}>`);
    stage.say('Bruno', 'deploys', `three, <@${stage.idOf('Alice')}>`);
    await chat.channel(/compost, 2 unread/).waitFor();
    await until(async () => (await chat.page.title()).startsWith('(2) #general'), 'the count in the title');
    await chat.openServer(/Night Shift, 1 unread/);
    await chat.openChannel(/deploys/);
    await chat.openServer('The Greenhouse');
    await chat.openChannel(/compost/);
    await chat.message('two, @Alice').waitFor();
    const rows = chat.component('messages').locator('> *');
    const texts = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('role') ?? 'message'));
    expect(texts).toEqual(['separator', 'separator', 'message', 'message']);
    await until(async () => (await chat.page.title()) === '#compost | The Greenhouse', 'nothing unread');
  });

  test('only a mention that really pings is marked as one', async () => {
    const alice = stage.idOf('Alice');
    const pinging = stage.say('Bruno', 'market-day', `hey <@${alice}>`);
    await stage.answer(stage.channelId('market-day'), pinging, `<@${alice}> has 3 karma.`);
    const chat = await stage.open();
    await chat.openChannel('market-day');
    const answer = chat.message('@Alice has 3 karma.');
    await answer.waitFor();
    const marked = async (locator: typeof answer) => ({
      row: await locator.getAttribute('data-pinged'),
      pill: await locator.locator('[data-component="content"] .mention-viewer').count(),
    });
    expect(await marked(chat.byId(pinging))).toEqual({ row: '', pill: 1 });
    expect(await marked(answer)).toEqual({ row: null, pill: 0 });
  });

  test('an edited message, a deleted one and the quoted lines follow', async () => {
    const channelId = stage.channelId('lobby');
    const first = stage.say('Bruno', 'lobby', 'teh first');
    await stage.answer(channelId, first, 'an answer');
    const chat = await stage.open(`#/as/${stage.idOf('Alice')}/${stage.world.guilds()[1]?.id}/${channelId}`);
    const quote = chat.message('an answer').locator('[data-component="quote"]');
    await quote.waitFor();
    stage.world.edit(channelId, first, 'the first');
    await chat.byId(first).getByText('(edited)').waitFor();
    await quote.getByText('the first').waitFor();
    stage.world.remove(channelId, first);
    await chat.byId(first).waitFor({ state: 'detached' });
    await quote.waitFor({ state: 'detached' });
    expect(await chat.message('an answer').count()).toBe(1);
  });

  test('a quoted line leads to the message, however far back', async () => {
    const first = stage.say('Bruno', 'coffee', 'where it began');
    for (let n = 1; n <= 120; n += 1) stage.say('Dana', 'coffee', `filler ${n}`);
    await stage.answer(stage.channelId('coffee'), first, 'about the beginning');
    const chat = await stage.open(
      `#/as/${stage.idOf('Alice')}/${stage.world.guilds()[1]?.id}/${stage.channelId('coffee')}`,
    );
    await chat.message('about the beginning').locator('[data-component="quote"]').click();
    await chat.byId(first).waitFor();
    await until(async () => {
      const top = await topOf(chat, first);
      return top > 0 && top < 720;
    }, 'the first message in view');
  });

  test('on a telephone, servers and channels are a drawer', async () => {
    const chat = await stage.open('', NARROW);
    await chat.message('message no 140.').waitFor();
    expect(await chat.channel('compost').isVisible()).toBe(false);
    await chat.component('open-drawer').click();
    await chat.openChannel('compost');
    await chat.message('two, @Alice').waitFor();
    await chat.channel('compost').waitFor({ state: 'hidden' });
    await chat.say('from the bus');
    await chat.message('from the bus').waitFor();
    expect(await chat.page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    await chat.component('toggle-members').click();
    await chat.page.getByText('Members — 6').waitFor();
  });
});
