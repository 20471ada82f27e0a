/**
 * Takes a picture of the chat page with a conversation in it: `bun dev/src/chat/screenshot.ts [file] [--light]
 * [--width 1280] [--height 800]`. Without a file it remakes the one in the README. The page takes the fonts of the
 * machine; the README's picture was taken with Inter and Noto Color Emoji installed.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startLocalDiscord } from '../discord/local-discord';
import { withBrowser } from '../testing/chromium';
import { sayConversation, sayElsewhere } from './example-conversation';
import page from './index.html';

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
    sayElsewhere(discord.world);
    await tab.locator('.rail-item[data-unread]').waitFor({ state: 'attached' });
    await tab.evaluate(() => document.fonts.ready);
    await tab.screenshot({ path });
  });
} finally {
  await discord.stop();
}
process.stdout.write(`${path}\n`);
