import { join } from 'node:path';
import { closeBrowser, launchChromium } from '@popple/testing/chromium';
import { tempFolder } from '@popple/testing/temp-folder';
import { Routes } from 'discord-api-types/v10';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { type LocalDiscord, startLocalDiscord } from '../../src/local-discord';
import { restFor } from '../../src/testing/real-clients';
import page from '../index.html';
import { ChatDriver } from './chat-driver';

/** A local Discord with the chat page, browsers' windows on it, and a bot that speaks through Discord's REST API. */
export class ChatStage {
  readonly #stateFile = join(tempFolder('chat').path, 'discord.sqlite');
  readonly #windows: ChatDriver[] = [];
  #running: { browser: Browser; discord: LocalDiscord } | undefined;

  /** Starts the local Discord and the browser. Whoever starts must `close`. */
  async start(executablePath: string): Promise<void> {
    const discord = await this.#serve();
    const browser = await launchChromium(executablePath).catch(async (error: unknown) => {
      await discord.stop();
      throw error;
    });
    this.#running = { browser, discord };
  }

  get #started(): { browser: Browser; discord: LocalDiscord } {
    if (this.#running === undefined) throw new Error('the stage has not been started');
    return this.#running;
  }

  get discord(): LocalDiscord {
    return this.#started.discord;
  }

  get world(): LocalDiscord['world'] {
    return this.discord.world;
  }

  /** Opens a window with a profile of its own and waits until it shows a conversation. */
  async open(hash = '', options: BrowserContextOptions = {}): Promise<ChatDriver> {
    const context = await this.#started.browser.newContext({
      locale: 'en-GB',
      reducedMotion: 'reduce',
      ...options,
    });
    const driver = new ChatDriver(await context.newPage());
    this.#windows.push(driver);
    await driver.page.goto(`${this.discord.url}/${hash}`);
    await driver.composer.waitFor();
    return driver;
  }

  /** Closes all windows, so that each test has its own. Returns what went wrong in their scripts. */
  async closeWindows(): Promise<string[]> {
    const windows = this.#windows.splice(0);
    for (const { page: window } of windows) await window.context().close();
    return windows.flatMap(({ errors }) => errors);
  }

  /** The server goes away. */
  async goAway(): Promise<void> {
    await this.discord.stop();
  }

  /** The server comes back where it was, with what was said. */
  async comeBack(): Promise<void> {
    const { port } = this.discord;
    this.#started.discord = await this.#serve(port);
  }

  idOf(name: string): string {
    const member = this.world.members().find(({ displayName }) => displayName === name);
    if (member === undefined) throw new Error(`nobody is called ${name}`);
    return member.id;
  }

  channelId(name: string): string {
    const channels = this.world.guilds().flatMap(({ id }) => this.world.channels(id));
    const channel = channels.find((candidate) => candidate.name === name);
    if (channel === undefined) throw new Error(`no channel is called ${name}`);
    return channel.id;
  }

  /** A member writes on another page, or the bot writes a message that is no reply. */
  say(who: string, channel: string, content: string): string {
    return this.world.say({ channelId: this.channelId(channel), authorId: this.idOf(who), content }).id;
  }

  /** The bot answers a message as Popple does: a reply through REST that pings nobody. */
  async answer(channelId: string, messageId: string, content: string): Promise<void> {
    await restFor(this.discord).post(Routes.channelMessages(channelId), {
      body: { content, message_reference: { message_id: messageId }, allowed_mentions: { parse: [] } },
    });
  }

  /** The bot reacts to a message through REST. */
  async react(channelId: string, messageId: string, emoji: string): Promise<void> {
    const path = Routes.channelMessageOwnReaction(channelId, messageId, encodeURIComponent(emoji));
    await restFor(this.discord).put(path);
  }

  async close(): Promise<void> {
    await closeBrowser(this.#started.browser);
    await this.discord.stop();
  }

  #serve(port = 0): Promise<LocalDiscord> {
    return startLocalDiscord({ port, stateFile: this.#stateFile, rateLimits: 'off', routes: { '/': page } });
  }
}
