/** Commands by hand: the list after a slash, their fields, suggestions, and what comes of them. Keyboard first. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { Locale, MessageFlags } from 'discord-api-types/v10';
import { TestApp } from './testing/app';
import { COMMANDS } from './testing/app-examples';
import { describePage } from './testing/describe-page';

describePage('commands', (stage) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start(stage.discord, COMMANDS);
  });
  afterAll(() => app.leave());

  const say = (content: string) => () => ({ type: 4, data: { content } });

  test('a slash lists the commands, which are filtered while one types; Enter takes one, Escape leaves it', async () => {
    const chat = await stage.open();
    const { keyboard } = chat.page;
    await chat.composer.click();
    await keyboard.type('/');
    const list = chat.page.getByRole('listbox', { name: 'Commands' });
    await list.waitFor();
    expect(await list.getByRole('option').allTextContents()).toEqual([
      '/karma giveGive a member karma',
      '/karma thingKarma of a thing',
      '/karma topThe best',
      '/privacyWhat is stored',
      '/setupSettings of the server',
    ]);
    await keyboard.type('karma t');
    await until(async () => (await list.getByRole('option').count()) === 2);
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    const form = chat.page.getByRole('form', { name: '/karma top' });
    await form.waitFor();
    await keyboard.press('Escape');
    await until(async () => (await form.count()) === 0);
    // What is no command is a message.
    await chat.say('/nothing of the sort');
    await chat.message('/nothing of the sort').waitFor();
  });

  test('options have fields of their types; what is required is asked for; all with the keyboard', async () => {
    app.behave(say('given'));
    const chat = await stage.open();
    const { keyboard } = chat.page;
    await chat.composer.click();
    await keyboard.type('/karma give');
    await chat.page.getByRole('option', { name: '/karma give' }).waitFor();
    await keyboard.press('Enter');
    const form = chat.component('command-form');
    await form.waitFor();
    await keyboard.press('Tab');
    await keyboard.type('fixing the build');
    await keyboard.press('Enter');
    // Whom it is for is missing, and has the focus now: a native list, chosen from by typing.
    expect(app.received).toEqual([]);
    await keyboard.type('Bruno');
    await keyboard.press('Tab');
    await keyboard.press('Tab');
    await keyboard.type('3');
    await keyboard.press('Enter');
    const reply = chat.message('given');
    await reply.waitFor();
    expect(await reply.locator('[data-component="used-command"]').textContent()).toContain(
      'Alice used /karma give',
    );
    expect(app.received[0]?.data).toMatchObject({
      name: 'karma',
      options: [
        {
          name: 'give',
          options: [
            { name: 'to', value: stage.idOf('Bruno') },
            { name: 'reason', value: 'fixing the build' },
            { name: 'amount', value: 3 },
          ],
        },
      ],
    });
    await until(async () => (await form.count()) === 0);
    expect(await chat.composer.isVisible()).toBe(true);
  });

  test('suggestions come from the bot while one writes, and the choice stands for its value', async () => {
    app.behave(({ type, data }) => {
      if (type !== 4) return { type: 4, data: { content: 'the build has 5 karma' } };
      const text = /"value":"([^"]*)","focused"/.exec(JSON.stringify(data))?.[1] ?? '';
      const all = ['the build', 'the garden', 'tea'];
      const choices = all
        .filter((name) => name.startsWith(text))
        .map((name) => ({ name, value: `thing:${name}` }));
      return { type: 8, data: { choices } };
    });
    const chat = await stage.open();
    const { keyboard } = chat.page;
    await chat.composer.click();
    await keyboard.type('/karma thing');
    await chat.page.getByRole('option', { name: '/karma thing' }).waitFor();
    await keyboard.press('Enter');
    const options = chat.page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
    await until(async () => (await options.count()) === 3);
    await keyboard.type('the');
    await until(async () => (await options.count()) === 2);
    await keyboard.press('ArrowDown');
    await keyboard.press('Enter');
    expect(await chat.component('command-form').getByLabel('what').inputValue()).toBe('the garden');
    await keyboard.press('Enter');
    await chat.message('the build has 5 karma').waitFor();
    expect(app.received.at(-1)?.data).toMatchObject({
      options: [{ name: 'thing', options: [{ name: 'what', value: 'thing:the garden' }] }],
    });
  });

  test('a bot that is silent or refuses: the form stays, with what went wrong', async () => {
    app.behave(() => undefined);
    stage.discord.settings.interactionDeadlineMs = 50;
    const chat = await stage.open();
    const { keyboard } = chat.page;
    await chat.composer.click();
    await keyboard.type('/karma thing');
    await chat.page.getByRole('option', { name: '/karma thing' }).waitFor();
    await keyboard.press('Enter');
    const form = chat.component('command-form');
    await form.getByText('Loading options failed.').waitFor();
    await keyboard.type('tea');
    await keyboard.press('Enter');
    await form.getByText('The application did not respond.').waitFor();
    stage.discord.settings.interactionDeadlineMs = 3000;
    app.behave(({ type }) =>
      type === 4 ? { type: 8, data: { choices: [] } } : { type: 4, data: { content: 'tea has 1 karma' } },
    );
    await form.getByRole('button', { name: 'Send' }).click();
    await chat.message('tea has 1 karma').waitFor();
  });

  test('a command may answer one alone, or open a form', async () => {
    app.behave(({ type }) =>
      type === 5
        ? { type: 4, data: { content: 'saved', flags: MessageFlags.Ephemeral } }
        : {
            type: 9,
            data: {
              custom_id: 'm',
              title: 'Setup',
              components: [{ type: 18, label: 'Quota', component: { type: 4, custom_id: 'q', style: 1 } }],
            },
          },
    );
    const chat = await stage.open();
    const { keyboard } = chat.page;
    await chat.composer.click();
    await keyboard.type('/setup');
    await chat.page.getByRole('option', { name: '/setup' }).waitFor();
    await keyboard.press('Enter');
    await chat.component('command-form').waitFor();
    await keyboard.press('Enter');
    const dialog = chat.page.getByRole('dialog', { name: 'Setup' });
    await dialog.getByLabel('Quota').fill('20');
    await keyboard.press('Enter');
    await chat.message('saved').getByText('Only you can see this').waitFor();
  });

  test('commands are in the language of the member, and only those that they may use', async () => {
    stage.world.setLocale(stage.idOf('Chidi'), Locale.German);
    const chat = await stage.open(`#/as/${stage.idOf('Chidi')}`);
    await chat.composer.click();
    await chat.page.keyboard.type('/');
    const list = chat.page.getByRole('listbox', { name: 'Commands' });
    await list.waitFor();
    expect(await list.getByRole('option').allTextContents()).toEqual([
      '/karma giveGive a member karma',
      '/karma thingKarma of a thing',
      '/karma topDie Besten',
      '/privacyWhat is stored',
    ]);
  });
});

describePage('menus of members and messages', (stage) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start(stage.discord, COMMANDS);
  });
  afterAll(() => app.leave());

  test('a message has a menu, by its tools, by a click with the other button, and by the keyboard', async () => {
    const messageId = stage.say('Bruno', 'general', 'fixed the build');
    const form = {
      custom_id: 'm',
      title: 'Why?',
      components: [{ type: 18, label: 'Reason', component: { type: 4, custom_id: 'r', style: 1 } }],
    };
    app.behave(({ type }) =>
      type === 5 ? { type: 4, data: { content: 'karma for Bruno' } } : { type: 9, data: form },
    );
    const chat = await stage.open();
    const message = chat.byId(messageId);
    const item = chat.page
      .getByRole('menu', { name: 'Apps' })
      .getByRole('menuitem', { name: 'Give karma for this' });
    await message.click({ button: 'right' });
    await item.waitFor();
    await chat.page.keyboard.press('Escape');
    await until(async () => (await item.count()) === 0);
    await message.focus();
    await message.getByRole('button', { name: 'Apps' }).focus();
    await chat.page.keyboard.press('Enter');
    await item.waitFor();
    await chat.page.keyboard.press('Enter');
    await chat.page.getByRole('dialog', { name: 'Why?' }).getByLabel('Reason').fill('the build');
    await chat.page.keyboard.press('Enter');
    await chat.message('karma for Bruno').waitFor();
    expect(app.received[0]?.data).toMatchObject({ name: 'Give karma for this', target_id: messageId });
  });

  test('the card of a member has their menu, their language, and whether they are an administrator', async () => {
    app.behave(() => ({ type: 4, data: { content: 'given', flags: MessageFlags.Ephemeral } }));
    const chat = await stage.open();
    const open = async () => {
      await chat.page
        .getByRole('complementary', { name: 'Members' })
        .getByRole('button', { name: 'Dana' })
        .click({ button: 'right' });
      return chat.page.getByRole('dialog', { name: 'Dana' });
    };
    let card = await open();
    await card.getByLabel('Language').selectOption('fr');
    await card.getByLabel('Administrator of The Greenhouse').check();
    await until(() => stage.world.member(stage.idOf('Dana'))?.locale === Locale.French);
    const guild = stage.world.guilds()[0]?.id ?? '';
    await until(
      () => stage.world.guild(guild)?.roles?.some(({ name }) => name === 'Administrators') ?? false,
    );
    await chat.page.keyboard.press('Escape');
    card = await open();
    expect(await card.getByLabel('Language').inputValue()).toBe('fr');
    expect(await card.getByLabel('Administrator of The Greenhouse').isChecked()).toBe(true);
    await card.getByRole('button', { name: 'Give karma' }).click();
    await chat.message('given').getByText('Only you can see this').waitFor();
    expect(app.received[0]?.data).toMatchObject({ type: 2, target_id: stage.idOf('Dana') });
    // And now she may use what administrators may.
    const dana = await stage.open(`#/as/${stage.idOf('Dana')}`);
    await dana.composer.click();
    await dana.page.keyboard.type('/setup');
    await dana.page.getByRole('option', { name: '/setup' }).waitFor();
  });

  test('a menu whose command is not answered says so where one writes', async () => {
    app.behave(() => undefined);
    stage.discord.settings.interactionDeadlineMs = 50;
    const messageId = stage.say('Bruno', 'general', 'nobody answers');
    const chat = await stage.open();
    await chat.byId(messageId).click({ button: 'right' });
    await chat.page.getByRole('menuitem', { name: 'Give karma for this' }).click();
    await chat.page.getByRole('alert').getByText('The application did not respond.').waitFor();
    stage.discord.settings.interactionDeadlineMs = 3000;
  });
});
