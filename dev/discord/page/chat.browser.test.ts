import { expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { describePage } from './testing/describe-page';

describePage('the chat page', (stage) => {
  test('a person picks who they are and where, writes, and sees the bot answer and react', async () => {
    const chat = await stage.open();
    await chat.writeAs('Chidi');
    await chat.openChannel('seedlings');
    await until(async () => (await chat.page.title()) === '#seedlings | The Greenhouse', 'the title');
    await chat.say('alice++ for the tomatoes');
    await chat.message('alice++ for the tomatoes').waitFor();

    const channelId = stage.channelId('seedlings');
    const said = stage.world.messages(channelId).at(-1);
    expect(said).toMatchObject({ authorId: stage.idOf('Chidi'), content: 'alice++ for the tomatoes' });
    expect(await chat.composer.textContent()).toBe('');

    await stage.answer(channelId, said?.id ?? '', 'alice has 1 karma.');
    const answer = chat.message('alice has 1 karma.');
    await answer.waitFor();
    expect(await answer.locator('[data-component="author"]').textContent()).toBe('Popple');
    const quote = answer.locator('[data-component="quote"]');
    expect(await quote.textContent()).toContain('alice++ for the tomatoes');
    expect(await quote.getAttribute('data-quoted-id')).toBe(said?.id ?? '');

    await stage.react(channelId, said?.id ?? '', '✅');
    const pill = chat.byId(said?.id ?? '').locator('.reaction[data-emoji="✅"]');
    await pill.waitFor();
    expect(await pill.textContent()).toContain('1');
    expect(await pill.getAttribute('aria-pressed')).toBe('false');
  });

  test('a reaction is added and taken back with a click', async () => {
    const id = stage.say('Dana', 'general', 'the kettle is on');
    stage.world.react(stage.channelId('general'), id, stage.idOf('Bruno'), '☕');
    const chat = await stage.open();
    const pill = chat.byId(id).locator('.reaction[data-emoji="☕"]');
    const reactions = () => stage.world.message(stage.channelId('general'), id)?.reactions;
    await pill.click();
    await until(async () => (await pill.getAttribute('aria-pressed')) === 'true', 'the pressed pill');
    expect(reactions()).toEqual([{ emoji: '☕', userIds: [stage.idOf('Bruno'), stage.idOf('Alice')] }]);
    await pill.click();
    await until(async () => (await pill.getAttribute('aria-pressed')) === 'false', 'the released pill');
    expect(reactions()).toEqual([{ emoji: '☕', userIds: [stage.idOf('Bruno')] }]);

    await chat.byId(id).hover();
    await chat.byId(id).getByRole('button', { name: 'Add a reaction' }).click();
    await chat.page.getByRole('button', { name: 'trophy' }).click();
    await chat.byId(id).locator('.reaction[data-emoji="🏆"]').waitFor();
  });

  test('each server has its channels, and a reload comes back to the same place as the same member', async () => {
    const inGreenhouse = stage.say('Emre', 'general', 'only in the greenhouse');
    const chat = await stage.open();
    await chat.byId(inGreenhouse).waitFor();
    await chat.writeAs('Farah');
    await chat.openServer('Night Shift');
    await chat.openChannel('coffee');
    await chat.say('the machine is fixed');
    await chat.message('the machine is fixed').waitFor();
    expect(await chat.byId(inGreenhouse).count()).toBe(0);

    const address = chat.page.url();
    await chat.page.reload();
    await chat.message('the machine is fixed').waitFor();
    expect(chat.page.url()).toBe(address);
    expect(await chat.page.title()).toBe('#coffee | Night Shift');
    expect(await chat.component('who-am-i').getAttribute('data-member-id')).toBe(stage.idOf('Farah'));

    await chat.page.goBack();
    await until(async () => (await chat.page.title()) === '#lobby | Night Shift', 'the place before');
  });

  test('whatever members write is shown as text and never runs', async () => {
    const evil = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>';
    const link = '[click](javascript:window.hacked=1) <a href="javascript:window.hacked=1">a</a>';
    const member = stage.world.addMember({ name: `<b>Mallory</b>${evil}` });
    const guild = stage.world.addGuild({ name: `<i>G</i>${evil}` });
    const channel = stage.world.addChannel({ guildId: guild.id, name: 'xss<u>', topic: evil });
    const first = stage.world.say({ channelId: channel.id, authorId: member.id, content: evil });
    stage.world.say({ channelId: channel.id, authorId: member.id, content: link, replyTo: first.id });
    stage.world.say({
      channelId: channel.id,
      authorId: member.id,
      content: `\`\`\`html\n${evil}\n\`\`\` > **${evil}** ||${evil}|| <@${member.id}>`,
    });
    const chat = await stage.open(`#/as/${member.id}/${guild.id}/${channel.id}`);
    const shown = chat.byId(first.id).locator('[data-component="content"]');
    await shown.waitFor();
    expect(await shown.textContent()).toBe(evil);
    await chat.messages.nth(2).waitFor();
    expect(await chat.page.evaluate('window.hacked')).toBeUndefined();
    const pane = chat.component('messages');
    expect(
      await pane.locator('script, iframe, [onerror], [data-component="content"] img, b, i, a').count(),
    ).toBe(0);
    expect(await chat.page.locator('.top-topic').textContent()).toBe(evil);
  });

  test('the page would not even run a script that got into it', async () => {
    const chat = await stage.open();
    await chat.page.evaluate(`{
      const script = document.createElement('script');
      script.textContent = 'window.hacked = 1';
      document.body.append(script);
      const image = document.createElement('img');
      image.setAttribute('onerror', 'window.hacked = 1');
      image.src = 'data:,';
      document.body.append(image);
    }`);
    await until(() => chat.errors.length >= 2, 'the complaints of the browser');
    expect(chat.errors.splice(0).join()).toContain('Content Security Policy');
    expect(await chat.page.evaluate('window.hacked')).toBeUndefined();
  });

  test('links lead out safely and spoilers open with a click', async () => {
    const id = stage.say('Bruno', 'market-day', 'see https://example.org/a and ||the end||');
    const chat = await stage.open();
    await chat.openChannel('market-day');
    const link = chat.byId(id).getByRole('link');
    expect(await link.getAttribute('href')).toBe('https://example.org/a');
    expect(await link.getAttribute('rel')).toContain('noopener');
    const spoiler = chat.byId(id).getByText('the end');
    expect(await spoiler.isVisible()).toBe(false);
    await chat.byId(id).getByRole('button', { name: 'Spoiler, reveal' }).click();
    await spoiler.waitFor();
  });

  test('two windows see what the other writes, and somebody writing', async () => {
    const [alice, bruno] = [await stage.open(), await stage.open()];
    await bruno.writeAs('Bruno');
    await alice.openChannel('compost');
    await bruno.openChannel('compost');
    await alice.say('hello from here');
    await bruno.message('hello from here').waitFor();
    await bruno.say('hello from there');
    await alice.message('hello from there').waitFor();
    expect(await alice.message('hello from there').locator('[data-component="author"]').textContent()).toBe(
      'Bruno',
    );
    // What a screen reader says is the other's message only.
    expect(await alice.component('announcer').textContent()).toBe('Bruno: hello from there');

    stage.world.typing(stage.channelId('compost'), stage.world.botId);
    await alice.component('typing').getByText('Popple is typing').waitFor();
    stage.world.setBotOnline(true);
    await alice.page.getByText('Bot — online').waitFor();
    stage.world.setBotOnline(false);
    await alice.page.getByText('Bot — offline').waitFor();
  });

  test('a server that goes away is missed visibly, and found again with what was said meanwhile', async () => {
    const chat = await stage.open();
    await chat.openChannel('market-day');
    const kept = stage.say('Dana', 'market-day', 'said before');
    await chat.byId(kept).waitFor();
    await stage.goAway();
    await chat.component('banner').waitFor();

    await chat.say('into the void');
    await chat.page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor();
    expect(await chat.composer.textContent()).toBe('into the void');

    await stage.comeBack();
    const meanwhile = stage.say('Dana', 'market-day', 'said meanwhile');
    await chat.component('banner').waitFor({ state: 'hidden' });
    await chat.byId(meanwhile).waitFor();
    expect(await chat.byId(kept).count()).toBe(1);
    expect(await chat.byId(meanwhile).count()).toBe(1);

    await chat.composer.press('Enter');
    await chat.message('into the void').waitFor();
    await chat.page.getByRole('alert').waitFor({ state: 'hidden' });
  });
});
