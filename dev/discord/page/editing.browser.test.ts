import { expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { describePage } from './testing/describe-page';

describePage('editing and deleting', (stage) => {
  const contentOf = (id: string, channel = 'general') =>
    stage.world.message(stage.channelId(channel), id)?.content;

  test('Up edits the last own message, Enter saves it, and other pages follow', async () => {
    const first = stage.say('Alice', 'general', 'teh first');
    stage.say('Bruno', 'general', 'something else');
    const chat = await stage.open();
    const other = await stage.open(`#/as/${stage.idOf('Bruno')}`);
    await chat.byId(first).waitFor();
    await other.byId(first).waitFor();
    await chat.composer.press('ArrowUp');
    const editor = chat.byId(first).locator('[data-component="message-editor"]');
    await editor.waitFor();
    expect(await editor.textContent()).toBe('teh first');
    await chat.page.keyboard.press('ControlOrMeta+a');
    await chat.page.keyboard.type('the first, @farah :tada:');
    await chat.page.keyboard.press('Enter');
    for (const page of [chat, other]) {
      await page.byId(first).getByText('(edited)').waitFor();
      await page.message('the first, @Farah 🎉').waitFor();
    }
    await editor.waitFor({ state: 'detached' });
    expect(contentOf(first)).toBe(`the first, <@${stage.idOf('Farah')}> 🎉`);
    // One writes on where one was.
    await chat.page.keyboard.type('and on');
    expect(await chat.composer.textContent()).toBe('and on');
  });

  test('Escape leaves the message as it was, and so does saving it unchanged', async () => {
    const id = stage.say('Alice', 'seedlings', 'leave me');
    const chat = await stage.open();
    await chat.openChannel('seedlings');
    for (const key of ['Escape', 'Enter']) {
      await chat.byId(id).hover();
      await chat.byId(id).getByRole('button', { name: 'Edit' }).click();
      if (key === 'Escape') await chat.page.keyboard.type(' not');
      await chat.page.keyboard.press(key);
      await chat.component('message-editor').waitFor({ state: 'detached' });
    }
    await chat.message('leave me').waitFor();
    expect(stage.world.message(stage.channelId('seedlings'), id)?.editedAtMs).toBeNull();
  });

  test('deleting asks first; an edit that leaves nothing asks, too', async () => {
    const kept = stage.say('Alice', 'compost', 'to be deleted');
    const chat = await stage.open();
    await chat.openChannel('compost');
    const dialog = chat.page.getByRole('dialog', { name: 'Delete this message?' });
    await chat.byId(kept).hover();
    await chat.byId(kept).getByRole('button', { name: 'Delete' }).click();
    await dialog.getByText('to be deleted').waitFor();
    await chat.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(contentOf(kept, 'compost')).toBe('to be deleted');

    const other = await stage.open(
      `#/as/${stage.idOf('Bruno')}/${stage.world.guilds()[0]?.id}/${stage.channelId('compost')}`,
    );
    await other.byId(kept).waitFor();
    await chat.composer.press('ArrowUp');
    await chat.page.keyboard.press('ControlOrMeta+a');
    await chat.page.keyboard.press('Backspace');
    await chat.page.keyboard.press('Enter');
    await dialog.waitFor();
    await chat.page.keyboard.press('Enter');
    for (const page of [chat, other]) await page.byId(kept).waitFor({ state: 'detached' });
    expect(contentOf(kept, 'compost')).toBeUndefined();
  });

  test('only own messages can be edited or deleted', async () => {
    const theirs = stage.say('Bruno', 'market-day', 'mine alone');
    const chat = await stage.open();
    await chat.openChannel('market-day');
    await chat.byId(theirs).hover();
    await chat.byId(theirs).getByRole('button', { name: 'Reply' }).waitFor();
    expect(
      await chat
        .byId(theirs)
        .getByRole('button', { name: /Edit|Delete/ })
        .count(),
    ).toBe(0);
    await chat.composer.press('ArrowUp');
    expect(await chat.component('message-editor').count()).toBe(0);
    await chat.writeAs('Bruno');
    await chat.byId(theirs).hover();
    await chat.byId(theirs).getByRole('button', { name: 'Edit' }).waitFor();
  });

  test('what is too long, or cannot be saved, says so and is not lost', async () => {
    const id = stage.say('Alice', 'general', 'short');
    const chat = await stage.open();
    await chat.byId(id).waitFor();
    await chat.composer.press('ArrowUp');
    await chat.page.keyboard.insertText('x'.repeat(2000));
    await chat.page.keyboard.press('Enter');
    await chat.byId(id).getByRole('alert').getByText('2,005 characters').waitFor();
    expect(await chat.component('message-editor').textContent()).toBe(`short${'x'.repeat(2000)}`);
    expect(contentOf(id)).toBe('short');
  });

  test('with the keyboard alone', async () => {
    const id = stage.say('Alice', 'general', 'tab to me');
    const chat = await stage.open();
    await chat.byId(id).waitFor();
    await chat.page.locator('.scroller').focus();
    await chat.page.keyboard.press('ArrowUp');
    const focused = () => chat.page.evaluate("document.activeElement?.getAttribute('data-tool')");
    await until(async () => {
      await chat.page.keyboard.press('Tab');
      return (await focused()) === 'edit';
    }, 'the edit button');
    await chat.page.keyboard.press('Enter');
    await chat.page.keyboard.type('!');
    await chat.page.keyboard.press('Enter');
    await chat.message('tab to me!').waitFor();
  });
});
