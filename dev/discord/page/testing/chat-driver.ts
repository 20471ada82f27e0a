import type { Locator, Page } from 'playwright-core';

const WAIT_MS = 15_000;

/** One window on the chat page, with the steps that a person would take. */
export class ChatDriver {
  readonly page: Page;
  /** What went wrong in the page's script, other than the network being away. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => this.errors.push(String(error)));
    page.on('console', (message) => {
      const awayFromNetwork = /ERR_CONNECTION|Failed to load resource|WebSocket connection/.test(
        message.text(),
      );
      if (message.type() === 'error' && !awayFromNetwork) this.errors.push(message.text());
    });
  }

  get composer(): Locator {
    return this.component('composer');
  }

  get messages(): Locator {
    return this.page.locator('[data-message-id]');
  }

  /** A component of the page, as `data-component` names it. */
  component(name: string): Locator {
    return this.page.locator(`[data-component="${name}"]`);
  }

  /** The one message with this text. */
  message(text: string | RegExp): Locator {
    return this.messages.filter({ has: this.page.locator('[data-component="content"]', { hasText: text }) });
  }

  byId(messageId: string): Locator {
    return this.page.locator(`[data-message-id="${messageId}"]`);
  }

  async writeAs(name: string): Promise<void> {
    await this.component('who-am-i').click();
    await this.page.getByRole('menuitemradio', { name }).click();
  }

  async openServer(name: string | RegExp): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Servers' }).getByRole('button', { name }).click();
  }

  async openChannel(name: string | RegExp): Promise<void> {
    await this.channel(name).click();
  }

  channel(name: string | RegExp): Locator {
    return this.page.getByRole('navigation', { name: 'Channels' }).getByRole('button', { name });
  }

  /** Types a message as on a keyboard and sends it with Enter. */
  async say(text: string): Promise<void> {
    await this.composer.click();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }

  /** Scrolls the messages by pixels; up is negative. */
  async scroll(byPx: number): Promise<void> {
    await this.page.locator('.scroller').hover();
    await this.page.mouse.wheel(0, byPx);
  }
}
