import { expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { MAX_CONTENT_LENGTH } from '../src/message-length';
import { describePage } from './testing/describe-page';

describePage('writing', (stage) => {
  const lastIn = (channel: string) => stage.world.messages(stage.channelId(channel)).at(-1);

  test('an @ offers names, and the chosen one becomes a mention', async () => {
    const chat = await stage.open();
    await chat.composer.click();
    await chat.page.keyboard.type('nice catch, @BRU');
    await chat.page.getByRole('option', { name: 'Bruno' }).waitFor();
    await chat.page.keyboard.press('Enter');
    expect(await chat.composer.textContent()).toBe('nice catch, @Bruno ');
    await chat.page.keyboard.type('++ @');
    // The bot comes first: it is whom one talks to here.
    await chat.page.keyboard.press('Tab');
    await chat.page.keyboard.type('top');
    await chat.page.keyboard.press('Enter');
    await chat.message('nice catch, @Bruno ++ @Popple top').waitFor();
    expect(lastIn('general')?.content).toBe(
      `nice catch, <@${stage.idOf('Bruno')}> ++ <@${stage.world.botId}> top`,
    );
  });

  test('names are chosen with the arrow keys or the mouse, and Escape leaves the @ alone', async () => {
    const chat = await stage.open();
    await chat.composer.click();
    await chat.page.keyboard.type('@');
    await chat.page.keyboard.press('ArrowDown');
    await chat.page.keyboard.press('ArrowDown');
    const active = await chat.composer.getAttribute('aria-activedescendant');
    expect(await chat.page.locator(`#${active}`).getAttribute('data-member-id')).toBe(stage.idOf('Bruno'));
    await chat.page.keyboard.press('Escape');
    await chat.page.getByRole('listbox').waitFor({ state: 'hidden' });
    await chat.page.keyboard.type(' @far');
    await chat.page.getByRole('option', { name: 'Farah' }).click();
    await chat.page.keyboard.press('Enter');
    await chat.message('@ @Farah').waitFor();
    expect(lastIn('general')?.content.trim()).toBe(`@ <@${stage.idOf('Farah')}>`);
  });

  test('Shift+Enter breaks the line, Enter sends, and sends nothing when there is nothing', async () => {
    const chat = await stage.open();
    await chat.openChannel('seedlings');
    await chat.say('   ');
    await chat.composer.press('ControlOrMeta+a');
    await chat.page.keyboard.type('one');
    await chat.page.keyboard.press('Shift+Enter');
    await chat.page.keyboard.press('Shift+Enter');
    await chat.page.keyboard.type('three');
    await chat.page.keyboard.press('Enter');
    await chat.message('three').waitFor();
    expect(stage.world.messages(stage.channelId('seedlings')).map(({ content }) => content)).toEqual([
      'one\n\nthree',
    ]);
  });

  test('messages sent in quick succession keep their order', async () => {
    const chat = await stage.open();
    await chat.openChannel('market-day');
    for (let n = 0; n < 12; n += 1) await chat.say(`no ${n}`);
    await chat.message('no 11').waitFor();
    const contents = stage.world.messages(stage.channelId('market-day')).map(({ content }) => content);
    expect(contents).toEqual(Array.from({ length: 12 }, (_, n) => `no ${n}`));
  });

  test('an exact name that is typed becomes a mention when it is sent, outside code', async () => {
    const chat = await stage.open();
    await chat.openChannel('compost');
    await chat.composer.click();
    await chat.page.keyboard.insertText('@BRUNO++ and `@bruno` and @brunos');
    await chat.page.keyboard.press('Enter');
    await chat.message('@Bruno++ and @bruno and @brunos').waitFor();
    expect(lastIn('compost')).toMatchObject({
      content: `<@${stage.idOf('Bruno')}>++ and \`@bruno\` and @brunos`,
      mentions: [stage.idOf('Bruno')],
    });
  });

  test('a : and two letters offer emoji, chosen with the keyboard; a whole :name: is one when it is sent', async () => {
    const chat = await stage.open();
    await chat.openChannel('compost');
    await chat.composer.click();
    await chat.page.keyboard.type('well done :tad');
    await chat.page.getByRole('option', { name: ':tada:' }).waitFor();
    await chat.page.keyboard.press('Enter');
    expect(await chat.composer.textContent()).toBe('well done 🎉 ');
    await chat.page.keyboard.type('at 10:30 :pizza: ');
    await chat.page.getByRole('listbox').waitFor({ state: 'hidden' });
    await chat.page.keyboard.press('Enter');
    await chat.message('well done 🎉 at 10:30 🍕').waitFor();
    expect(lastIn('compost')?.content.trim()).toBe('well done 🎉 at 10:30 🍕');
  });

  test('a reply quotes its message; Escape takes it back', async () => {
    const id = stage.say('Emre', 'general', 'who broke it?');
    const chat = await stage.open();
    await chat.byId(id).hover();
    const reply = chat.byId(id).getByRole('button', { name: 'Reply' });
    await reply.click();
    await chat.component('reply-bar').getByText('Replying to Emre').waitFor();
    await chat.page.keyboard.press('Escape');
    await chat.component('reply-bar').waitFor({ state: 'hidden' });
    await chat.byId(id).hover();
    await reply.click();
    await chat.page.keyboard.type('me, sorry');
    await chat.page.keyboard.press('Enter');
    await chat.message('me, sorry').locator(`[data-quoted-id="${id}"]`).waitFor();
    expect(lastIn('general')?.replyToId).toBe(id);
    await chat.component('reply-bar').waitFor({ state: 'hidden' });
  });

  test('more than Discord takes is not sent, and Enter says why', async () => {
    const chat = await stage.open();
    const before = stage.world.lastMessageId(stage.channelId('general'));
    await chat.composer.click();
    await chat.page.keyboard.insertText(`${'x'.repeat(MAX_CONTENT_LENGTH)}${'🌱'.repeat(50)}`);
    await chat.page.locator('.counter').getByText('-50').waitFor();
    await chat.page.keyboard.press('Enter');
    const why = chat.page.getByRole('alert').filter({ hasText: '2,050 characters' });
    await why.getByText('Discord takes at most 2,000. It is not sent: shorten it by 50.').waitFor();
    expect([...((await chat.composer.textContent()) ?? '')].length).toBe(MAX_CONTENT_LENGTH + 50);
    expect(stage.world.lastMessageId(stage.channelId('general'))).toBe(before);
    for (let n = 0; n < 50; n += 1) await chat.page.keyboard.press('Backspace');
    await why.waitFor({ state: 'hidden' });
    await chat.page.keyboard.press('Enter');
    await chat.message(/^x{2000}$/).waitFor();
  });

  test('a draft stays with its member and channel, over a reload, until it is sent', async () => {
    const chat = await stage.open();
    const draft = async (expected: string) =>
      until(async () => (await chat.composer.textContent()) === expected, `the draft "${expected}"`);
    await chat.composer.click();
    await chat.page.keyboard.type('dear @Bruno');
    await chat.page.keyboard.press('Tab');
    await chat.page.keyboard.type('the');
    await chat.openChannel('seedlings');
    await draft('');
    await chat.page.keyboard.type('elsewhere');
    await chat.writeAs('Chidi');
    await draft('');
    await chat.page.keyboard.type('as Chidi');
    await chat.page.reload();
    await chat.composer.waitFor();
    await draft('as Chidi');
    await chat.writeAs('Alice');
    await draft('elsewhere');
    await chat.openChannel('general');
    await draft('dear @Bruno the');
    expect(await chat.composer.locator('.mention').textContent()).toBe('@Bruno');
    await chat.composer.press('Enter');
    await chat.message('dear @Bruno the').waitFor();
    await chat.page.reload();
    await chat.composer.waitFor();
    await draft('');
  });

  test('an empty channel says what to try, and a click writes it', async () => {
    const chat = await stage.open();
    await chat.openServer('Night Shift');
    await chat.openChannel('coffee');
    await chat.component('hints').getByRole('button', { name: '@Popple top' }).click();
    await chat.page.keyboard.press('Enter');
    await chat.message('@Popple top').waitFor();
    expect(lastIn('coffee')?.content).toBe(`<@${stage.world.botId}> top`);
    await chat.component('hints').waitFor({ state: 'detached' });
  });

  test('members, channels and servers are added in small dialogs', async () => {
    const chat = await stage.open();
    const add = async (what: string, name: string) => {
      await chat.page
        .getByRole('button', { name: `Add a ${what}` })
        .first()
        .click();
      await chat.page.getByRole('dialog').getByRole('textbox').fill(name);
      await chat.page.keyboard.press('Enter');
      await chat.page.getByRole('dialog').waitFor({ state: 'detached' });
    };
    await add('server', 'Rust Club');
    await until(async () => (await chat.page.title()) === '#general | Rust Club', 'the new server');
    await add('channel', 'Release Party');
    await until(async () => (await chat.page.title()) === '#release-party | Rust Club', 'the new channel');
    await add('member', 'Grace Hopper');
    await chat.page.getByRole('button', { name: 'Writing as Grace Hopper' }).waitFor();
    await chat.say('hello++');
    await chat.message('hello++').waitFor();
    expect(lastIn('release-party')?.authorId).toBe(stage.idOf('Grace Hopper'));
  });

  test('one writes with the bot in private, as nobody else can see', async () => {
    const chat = await stage.open();
    await chat.openServer('Direct messages');
    await until(async () => (await chat.page.title()) === '@Popple', 'the direct messages');
    await chat.say('help');
    await chat.message('help').waitFor();
    const dm = stage.world.dm(stage.idOf('Alice'));
    await stage.answer(dm.id, stage.world.lastMessageId(dm.id) ?? '', 'With pleasure.');
    await chat.message('With pleasure.').waitFor();
    await chat.page.reload();
    await chat.message('With pleasure.').waitFor();
    await chat.writeAs('Bruno');
    await chat.page.getByText('This is the beginning of your direct messages').waitFor();
    expect(await chat.messages.count()).toBe(0);
  });

  test('all of it goes without a mouse', async () => {
    const id = stage.say('Farah', 'deploys', 'it is out');
    const chat = await stage.open(
      `#/as/${stage.idOf('Alice')}/${stage.world.guilds()[1]?.id}/${stage.channelId('deploys')}`,
    );
    await chat.byId(id).waitFor();
    await chat.page.locator('.scroller').focus();
    await chat.page.keyboard.press('ArrowUp');
    expect(await chat.byId(id).evaluate((row) => row.ownerDocument.activeElement === row)).toBe(true);
    for (let tabs = 0; tabs < 2; tabs += 1) await chat.page.keyboard.press('Tab');
    await chat.page.keyboard.press('Enter');
    await chat.byId(id).locator('.reaction[data-emoji="👍"]').waitFor();
    // What is typed anywhere goes to the message.
    await chat.byId(id).focus();
    await chat.page.keyboard.type('well done');
    await chat.page.keyboard.press('Enter');
    await chat.message('well done').waitFor();
  });
});
