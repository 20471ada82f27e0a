import { expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import type { ServicesReport } from '../src/chat-contract';
import { describePage } from './testing/describe-page';

describePage('the services of Popple', (stage) => {
  /** What the supervisor of `bun run dev` tells. */
  async function report(svc: ServicesReport['services'][number]['state']): Promise<void> {
    const services: ServicesReport['services'] = [
      { name: 'bot', state: 'ready', detail: '' },
      { name: 'svc', state: svc, detail: svc === 'down' ? 'ended by itself with signal SIGKILL' : '' },
    ];
    const response = await fetch(`${stage.discord.url}/_local/services`, {
      method: 'PUT',
      body: JSON.stringify({ services }),
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(204);
  }

  test('are not shown where nobody tells of them', async () => {
    const chat = await stage.open();
    expect(await chat.component('services').isVisible()).toBe(false);
    expect(await chat.component('services-notice').textContent()).toBe('');
  });

  test('are shown live, and what does not run with what that means', async () => {
    const chat = await stage.open();
    await report('ready');
    await chat.component('services').getByText('svc').waitFor();
    expect(await chat.component('services').getByRole('listitem').allTextContents()).toEqual([
      'bot: ready',
      'svc: ready',
    ]);
    await report('down');
    const notice = chat.component('services-notice');
    await notice.getByText('svc is not running: karma waits and is counted when it is back.').waitFor();
    expect(await chat.component('services').getByRole('listitem').nth(1).textContent()).toBe(
      'svc: not running (ended by itself with signal SIGKILL)',
    );
    // One who comes later sees it at once, on a telephone too.
    const later = await stage.open('', { viewport: { width: 390, height: 844 } });
    await later.component('services-notice').getByText('svc is not running').waitFor();
    await report('ready');
    await until(async () => (await notice.textContent()) === '', 'the end of the notice');
  });

  test('are not shown while the local Discord is away', async () => {
    const chat = await stage.open();
    await report('down');
    await chat.component('services-notice').getByText('svc is not running').waitFor();
    await stage.goAway();
    await chat.component('banner').waitFor();
    await until(async () => (await chat.component('services-notice').textContent()) === '', 'silence');
    expect(await chat.component('services').isVisible()).toBe(false);
    await stage.comeBack();
    await chat.component('banner').waitFor({ state: 'hidden' });
  });
});
