/** What bots show beside text: components, files, forms, and messages for one member alone. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { MessageFlags, Routes } from 'discord-api-types/v10';
import { answer, useCommand, webhookOf } from '../src/testing/interactions';
import { restFor } from '../src/testing/real-clients';
import { TestApp } from './testing/app';
import { MODAL, PANEL } from './testing/app-examples';
import { describePage } from './testing/describe-page';

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=',
  'base64',
);

describePage('what bots show', (stage) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await TestApp.start(stage.discord);
  });
  afterAll(() => app.leave());

  async function post(body: object, channel = 'general'): Promise<void> {
    await restFor(stage.discord).post(Routes.channelMessages(stage.channelId(channel)), { body });
  }

  test('a button changes its message and keeps the focus; one that is disabled does nothing', async () => {
    const button = (label: string, custom_id: string, disabled = false) => ({
      type: 2,
      style: 1,
      label,
      custom_id,
      disabled,
    });
    const page = (n: number) => ({
      content: `Page ${n}`,
      components: [{ type: 1, components: [button('Back', 'back', n === 1), button('Next', `next:${n}`)] }],
    });
    app.behave(() => ({ type: 7, data: page(2) }));
    await post(page(1));
    const chat = await stage.open();
    const message = chat.messages.last();
    expect(await message.getByRole('button', { name: 'Back' }).isDisabled()).toBe(true);
    await message.focus();
    const next = message.getByRole('button', { name: 'Next' });
    await next.focus();
    await chat.page.keyboard.press('Enter');
    await chat.message('Page 2').waitFor();
    expect(await chat.page.evaluate('document.activeElement.textContent')).toBe('Next');
    expect(await message.getByRole('button', { name: 'Back' }).isDisabled()).toBe(false);
  });

  test('a panel of components: its texts, selects of one and of several, and their values', async () => {
    await post({ flags: MessageFlags.IsComponentsV2, components: PANEL });
    app.behave(() => ({ type: 6 }));
    const chat = await stage.open();
    const panel = chat.messages.last();
    await panel.getByText('Settings').waitFor();
    await panel.getByRole('combobox', { name: 'Preset' }).selectOption('strict');
    await until(() => app.received.length === 1);
    expect(app.received[0]?.data).toMatchObject({ custom_id: 'preset', values: ['strict'] });

    await panel.locator('summary').click();
    await panel.getByLabel('#seedlings').check();
    await panel.getByLabel('#compost').check();
    await panel.getByRole('button', { name: 'Apply' }).click();
    await until(() => app.received.length === 2);
    expect(app.received[1]?.data).toMatchObject({
      custom_id: 'channels',
      values: [stage.channelId('seedlings'), stage.channelId('compost')],
    });
  });

  test('a form is filled in with the keyboard, refused with a reason, and sent', async () => {
    await post({ flags: MessageFlags.IsComponentsV2, components: PANEL });
    app.behave(({ type }) =>
      type === 5 ? { type: 4, data: { content: 'quota changed' } } : { type: 9, data: MODAL },
    );
    const chat = await stage.open();
    const panel = chat.messages.last();
    await panel.getByRole('button', { name: 'Change' }).click();
    const dialog = chat.page.getByRole('dialog', { name: 'Quota' });
    await dialog.waitFor();
    await dialog.getByLabel('A day').fill('75');
    await chat.page.keyboard.press('Tab');
    await chat.page.keyboard.press('ArrowDown');
    await chat.page.keyboard.press('Enter');
    await chat.message('quota changed').waitFor();
    expect(await dialog.count()).toBe(0);
    expect(app.received[1]?.data).toMatchObject({
      custom_id: 'm1:quota',
      components: [
        { component: { custom_id: 'n', value: '75' } },
        { component: { custom_id: 'who', value: 'new' } },
      ],
    });
  });

  test('an ephemeral reply is there for the one who asked, and can be dismissed', async () => {
    app.behave(() => undefined);
    const chat = await stage.open();
    const other = await stage.open(`#/as/${stage.idOf('Bruno')}`);
    const interaction = useCommand(stage.discord, stage.idOf('Alice'));
    await answer(stage.discord, interaction, { type: 5, data: { flags: MessageFlags.Ephemeral } });
    await chat.component('announced').waitFor();
    const webhook = webhookOf(stage.discord, interaction);
    await webhook.edit({ content: 'between us' });
    const reply = chat.message('between us');
    await reply.getByText('Only you can see this').waitFor();
    expect(await reply.locator('[data-component="used-command"]').textContent()).toContain(
      'Alice used /karma',
    );
    await webhook.followUp({ content: 'for all' });
    await other.message('for all').waitFor();
    expect(await other.message('between us').count()).toBe(0);
    // Whoever looks through somebody else sees what they see.
    await chat.writeAs('Bruno');
    await until(async () => (await reply.count()) === 0);
    await chat.writeAs('Alice');
    await reply.getByRole('button', { name: 'Dismiss message' }).click();
    await until(async () => (await reply.count()) === 0);
  });

  test('a picture has its description, and a file can be kept', async () => {
    const path = Routes.channelMessages(stage.channelId('general'));
    await restFor(stage.discord).post(path, {
      body: { content: 'chart', attachments: [{ id: '0', description: 'Karma of June: 12' }] },
      files: [
        { name: 'chart.png', data: PIXEL, contentType: 'image/png' },
        { name: 'karma.csv', data: 'a,b', contentType: 'text/csv' },
      ],
    });
    const chat = await stage.open();
    const message = chat.message('chart');
    const picture = message.getByRole('img', { name: 'Karma of June: 12' });
    await picture.waitFor();
    const width = `document.querySelector('.app-picture').naturalWidth`;
    await until(async () => (await chat.page.evaluate(width)) === 1, 'the picture');
    expect(await message.getByRole('link', { name: /karma\.csv/ }).getAttribute('href')).toStartWith(
      '/attachments/',
    );
  });

  test('a bot that is silent: the member is told, and may try again', async () => {
    stage.discord.settings.interactionDeadlineMs = 50;
    await post({
      content: 'Board',
      components: [{ type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }],
    });
    app.behave(() => undefined);
    const chat = await stage.open();
    const message = chat.messages.last();
    await message.getByRole('button', { name: 'Go' }).click();
    await message.getByText('The application did not respond.').waitFor();
    stage.discord.settings.interactionDeadlineMs = 3000;
    app.behave(() => ({ type: 7, data: { content: 'Gone', components: [] } }));
    await message.getByRole('button', { name: 'Go' }).click();
    await chat.message('Gone').waitFor();
  });
});
