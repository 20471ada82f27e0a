import { expect, test } from 'bun:test';
import type { PartsReport } from '../src/chat-contract';
import { describePage } from './testing/describe-page';

describePage('the parts of Popple', (stage) => {
  /** What the supervisor of `bun run dev` tells. */
  async function report(svc: PartsReport['parts'][number]['state']): Promise<void> {
    const parts: PartsReport['parts'] = [
      { name: 'bot', state: 'ready', detail: '' },
      { name: 'svc', state: svc, detail: svc === 'down' ? 'ended by itself with signal SIGKILL' : '' },
    ];
    const response = await fetch(`${stage.discord.url}/_local/parts`, {
      method: 'PUT',
      body: JSON.stringify({ parts }),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(204);
  }

  test('are not shown where nobody tells of them', async () => {
    const chat = await stage.open();
    expect(await chat.part('parts').isVisible()).toBe(false);
    expect(await chat.part('parts-notice').textContent()).toBe('');
  });

  test('are shown live, and what does not run with what that means', async () => {
    const chat = await stage.open();
    await report('ready');
    await chat.part('parts').getByText('svc').waitFor();
    expect(await chat.part('parts').getByRole('listitem').allTextContents()).toEqual([
      'bot: ready',
      'svc: ready',
    ]);
    await report('down');
    const notice = chat.part('parts-notice');
    await notice.getByText('svc is not running: karma waits and is counted when it is back.').waitFor();
    expect(await chat.part('parts').getByRole('listitem').nth(1).textContent()).toBe(
      'svc: not running (ended by itself with signal SIGKILL)',
    );
    // One who comes later sees it at once, on a telephone too.
    const later = await stage.open('', { viewport: { width: 390, height: 844 } });
    await later.part('parts-notice').getByText('svc is not running').waitFor();
    await report('ready');
    await chat.until(async () => (await notice.textContent()) === '', 'the end of the notice');
  });

  test('are not shown while the local Discord is away', async () => {
    const chat = await stage.open();
    await report('down');
    await chat.part('parts-notice').getByText('svc is not running').waitFor();
    await stage.goAway();
    await chat.part('banner').waitFor();
    await chat.until(async () => (await chat.part('parts-notice').textContent()) === '', 'silence');
    expect(await chat.part('parts').isVisible()).toBe(false);
    await stage.comeBack();
    await chat.part('banner').waitFor({ state: 'hidden' });
  });
});
