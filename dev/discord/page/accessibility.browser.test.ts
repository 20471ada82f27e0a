/** No rule of axe-core is broken: in light and dark, wide and narrow, with everything open that opens. */
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { until } from '@popple/testing/until';
import type { AxeResults } from 'axe-core';
import { MessageFlags, Routes } from 'discord-api-types/v10';
import { answer, useCommand } from '../src/testing/interactions';
import { restFor } from '../src/testing/real-clients';
import { sayConversation } from '../tools/example-conversation';
import { TestApp } from './testing/app';
import { COMMANDS, MODAL, PANEL } from './testing/app-examples';
import type { ChatDriver } from './testing/chat-driver';
import type { ChatStage } from './testing/chat-stage';
import { describePage } from './testing/describe-page';

const AXE = readFileSync(Bun.resolveSync('axe-core/axe.min.js', import.meta.dir), 'utf8');

/** A state of the page, and how one comes to it. */
const SCENES: Record<
  string,
  (chat: ChatDriver, narrow: boolean, stage: ChatStage, app: TestApp) => Promise<unknown>
> = {
  'a conversation': async () => {},
  'the tools of a message': async (chat) => {
    const row = chat.message('third place behind pizza');
    await row.hover();
    await row.focus();
  },
  'names to choose from': async (chat) => {
    await chat.composer.click();
    await chat.page.keyboard.type('@');
    await chat.page.getByRole('listbox', { name: 'People' }).waitFor();
  },
  'emoji to choose from': async (chat) => {
    await chat.composer.click();
    await chat.page.keyboard.type(':sm');
    await chat.page.getByRole('listbox', { name: 'Emoji' }).waitFor();
  },
  'a message that is too long': async (chat) => {
    await chat.composer.click();
    await chat.page.keyboard.insertText('x'.repeat(2050));
    await chat.page.keyboard.press('Enter');
    await chat.page.getByRole('alert').waitFor();
  },
  'a reply': async (chat) => {
    await chat.message('third place behind pizza').focus();
    await chat.message('third place behind pizza').getByRole('button', { name: 'Reply' }).click();
    await chat.component('reply-bar').waitFor();
  },
  'a message being edited, with names to choose from': async (chat) => {
    await chat.composer.press('ArrowUp');
    await chat.component('message-editor').press('End');
    await chat.page.keyboard.type(' @');
    await chat.page.getByRole('listbox', { name: 'People' }).waitFor();
  },
  'a message to be deleted': async (chat) => {
    await chat.message('announce on').focus();
    await chat.message('announce on').getByRole('button', { name: 'Delete' }).click();
    await chat.page.getByRole('dialog').waitFor();
  },
  'whom to write as': async (chat, narrow) => {
    if (narrow) await chat.component('open-drawer').click();
    await chat.component('who-am-i').click();
    await chat.page.getByRole('menu').waitFor();
  },
  'a new member': async (chat, narrow) => {
    if (narrow) await chat.component('toggle-members').click();
    await chat.page.getByRole('button', { name: 'Add a member' }).click();
    await chat.page.getByRole('dialog').waitFor();
  },
  'who somebody is': async (chat) => {
    await chat.messages.last().locator('[data-component="author"]').click();
    await chat.page
      .getByRole('dialog', { name: 'Alice' })
      .getByRole('button', { name: 'Give karma' })
      .waitFor();
  },
  'an emoji to react with': async (chat) => {
    await chat.messages.last().focus();
    await chat.messages.last().getByRole('button', { name: 'Add a reaction' }).click();
    await chat.page.getByRole('dialog', { name: 'Choose an emoji' }).waitFor();
  },
  'things to try': async (chat) => {
    await chat.page.getByRole('button', { name: 'Things to try' }).click();
    await chat.page.getByRole('dialog', { name: 'Things to try' }).waitFor();
  },
  'servers and channels, or the members': async (chat, narrow) => {
    if (narrow) await chat.component('open-drawer').click();
    else await chat.component('toggle-members').click();
  },
  'a bot that is away': async (chat, narrow, stage) => {
    stage.world.setBotOnline(false);
    if (narrow) await chat.component('toggle-members').click();
    await chat.page.getByText('Bot — offline').waitFor();
  },
  'an empty channel': async (chat, narrow) => {
    if (narrow) await chat.component('open-drawer').click();
    await chat.openChannel('market-day');
    await chat.component('hints').waitFor();
  },
  'commands to choose from': async (chat) => {
    await chat.composer.click();
    await chat.page.keyboard.type('/');
    await chat.page.getByRole('listbox', { name: 'Commands' }).waitFor();
  },
  'a command with its fields, and suggestions': async (chat, _narrow, _stage, app) => {
    app.behave(() => ({ type: 8, data: { choices: [{ name: 'the build', value: 'the build' }] } }));
    await chat.composer.click();
    await chat.page.keyboard.type('/karma thing');
    await chat.page.getByRole('option', { name: '/karma thing' }).waitFor();
    await chat.page.keyboard.press('Enter');
    await chat.page.getByRole('option', { name: 'the build' }).waitFor();
  },
  'the commands for a message': async (chat) => {
    await chat.message('third place behind pizza').click({ button: 'right' });
    await chat.page.getByRole('menu', { name: 'Apps' }).waitFor();
  },
  'a panel of a bot, with a list that is open': async (chat, _narrow, stage) => {
    await showPanel(chat, stage);
    await chat.messages.last().locator('summary').click();
    await chat.messages.last().focus();
  },
  'a reply that only one sees, and that is to come': async (chat, _narrow, stage, app) => {
    const { discord } = stage;
    await goTo(chat, stage);
    const asked = useCommand(discord, stage.idOf('Alice'), CHANNEL_OF_APPS);
    app.behave(() => undefined);
    await answer(discord, asked, { type: 4, data: { content: 'psst', flags: MessageFlags.Ephemeral } });
    await answer(discord, useCommand(discord, stage.idOf('Alice'), CHANNEL_OF_APPS), { type: 5 });
    await chat.component('announced').last().waitFor();
  },
  'a form of a bot': async (chat, _narrow, stage, app) => {
    app.behave(() => ({ type: 9, data: MODAL }));
    await showPanel(chat, stage);
    await chat.messages.last().getByRole('button', { name: 'Change' }).click();
    await chat.page.getByRole('dialog', { name: 'Quota' }).waitFor();
  },
  'direct messages': async (chat, narrow) => {
    if (narrow) await chat.component('open-drawer').click();
    await chat.openServer('Direct messages');
    await until(async () => (await chat.page.title()) === '@Popple', 'the direct messages');
  },
};

/** Where bots show things, so that the other scenes stay as they are. */
const CHANNEL_OF_APPS = 'compost';

async function goTo({ page }: ChatDriver, stage: ChatStage): Promise<void> {
  const channelId = stage.channelId(CHANNEL_OF_APPS);
  const guildId = stage.world.channel(channelId)?.guildId;
  await page.evaluate(`location.hash = '#/as/${stage.idOf('Alice')}/${guildId}/${channelId}'`);
  await page.getByRole('region', { name: `Messages in #${CHANNEL_OF_APPS}` }).waitFor();
}

async function showPanel(chat: ChatDriver, stage: ChatStage): Promise<void> {
  await goTo(chat, stage);
  const body = { flags: MessageFlags.IsComponentsV2, components: PANEL };
  await restFor(stage.discord).post(Routes.channelMessages(stage.channelId(CHANNEL_OF_APPS)), { body });
}

describePage('accessibility', (stage) => {
  let hash: string;
  let app: TestApp;

  beforeAll(async () => {
    app = await TestApp.start(stage.discord, COMMANDS);
    hash = sayConversation(stage.world);
    stage.say('Emre', 'deploys', 'unread');
    stage.say('Emre', 'seedlings', `<@${stage.idOf('Alice')}> unread`);
  });

  afterAll(() => app.leave());

  async function report(): Promise<void> {
    const services = [
      { name: 'bot', state: 'ready', detail: '' },
      { name: 'svc', state: 'down', detail: 'exit code 1' },
      { name: 'nats', state: 'not-ready', detail: '' },
    ];
    await fetch(`${stage.discord.url}/_local/services`, {
      method: 'PUT',
      body: JSON.stringify({ services }),
      headers: { 'content-type': 'application/json' },
    });
  }

  /** What axe finds by all its rules or by some, one line for each rule, with the elements. */
  async function violations({ page }: ChatDriver, runOnly?: string[]): Promise<string[]> {
    const options = { resultTypes: ['violations'], ...(runOnly ? { runOnly } : {}) };
    const results = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as AxeResults;
    return results.violations.map(
      ({ id, nodes }) =>
        `${id}: ${nodes.map((node) => `${node.target.join(' ')} ${node.any[0]?.message ?? ''}`).join(' | ')}`,
    );
  }

  for (const width of [1280, 390]) {
    for (const [scene, arrange] of Object.entries(SCENES)) {
      test(`${scene}, ${width} wide`, async () => {
        stage.world.setBotOnline(true);
        const chat = await stage.open(hash, { viewport: { width, height: 800 }, colorScheme: 'dark' });
        await chat.message('announce on').waitFor();
        await report();
        await chat.component('services-notice').getByText('svc is not running').waitFor();
        await arrange(chat, width === 390, stage, app);
        await chat.page.evaluate(AXE);
        expect(await violations(chat)).toEqual([]);
        // The colours are all that differs in light.
        await chat.page.emulateMedia({ colorScheme: 'light' });
        expect(await violations(chat, ['color-contrast'])).toEqual([]);
      });
    }
  }
});
