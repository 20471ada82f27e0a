/**
 * Takes a picture of the chat page with a conversation in it: `bun dev/discord/tools/screenshot.ts [file] [--light]
 * [--width 1280] [--height 800]`. Without a file it remakes the one in the README. The page takes the fonts of the
 * machine; the README's picture was taken with Inter and Noto Color Emoji installed.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { withBrowser } from '@popple/testing/chromium';
import page from '../page/index.html';
import type { ServicesReport } from '../src/chat-contract';
import { startLocalDiscord } from '../src/local-discord';
import { sayConversation, sayElsewhere } from './example-conversation';

const { values, positionals } = parseArgs({
  args: Bun.argv.slice(2),
  allowPositionals: true,
  options: {
    light: { type: 'boolean', default: false },
    width: { type: 'string', default: '1280' },
    height: { type: 'string', default: '800' },
  },
});
const path = positionals[0] ?? join(import.meta.dir, '../../../docs/chat-page.png');

const discord = await startLocalDiscord({ routes: { '/': page } });
try {
  const hash = sayConversation(discord.world);
  await withBrowser(async (browser) => {
    const context = await browser.newContext({
      viewport: { width: Number(values.width), height: Number(values.height) },
      colorScheme: values.light ? 'light' : 'dark',
      reducedMotion: 'reduce',
      locale: 'en-GB',
    });
    const tab = await context.newPage();
    await tab.goto(`${discord.url}/${hash}`);
    await tab.locator('[data-bot]').last().waitFor();
    await reportServices(discord.url);
    sayElsewhere(discord.world);
    await tab.locator('[data-component="services"]').waitFor();
    await tab.locator('.rail-item[data-unread]').waitFor({ state: 'attached' });
    await tab.evaluate('document.fonts.ready.then(() => {})');
    await tab.screenshot({ path });
  });
} finally {
  await discord.stop();
}
process.stdout.write(`${path}\n`);

/** Says that all services work, as the supervisor of `bun run dev` would. */
async function reportServices(url: string): Promise<void> {
  const names = ['bot', 'svc', 'nats', 'postgres'] as const;
  const report: ServicesReport = { services: names.map((name) => ({ name, state: 'ready', detail: '' })) };
  await fetch(`${url}/_local/services`, {
    method: 'PUT',
    body: JSON.stringify(report),
    headers: { 'content-type': 'application/json' },
  });
}
