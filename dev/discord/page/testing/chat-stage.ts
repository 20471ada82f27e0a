import { closeBrowser, launchChromium } from '@popple/testing/chromium';
import { Routes } from 'discord-api-types/v10';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { type LocalDiscord, startLocalDiscord } from '../../src/local-discord';
import { restFor } from '../../src/testing/real-clients';
import page from '../index.html';
import { ChatDriver } from './chat-driver';

/** A local Discord with the chat page, browsers' windows on it, and a bot that speaks through Discord's REST API. */
export class ChatStage {
  readonly #browser: Browser;
  readonly #options: { stateFile?: string };
  readonly #windows: ChatDriver[] = [];
  #discord: LocalDiscord;

  private constructor(browser: Browser, discord: LocalDiscord, options: { stateFile?: string }) {
    this.#browser = browser;
    this.#discord = discord;
    this.#options = options;
  }

  /** Starts both. With a `stateFile`, what was said survives `restart`. Whoever starts must `close`. */
  static async start(executablePath: string, options: { stateFile?: string } = {}): Promise<ChatStage> {
    const discord = await startLocalDiscord(serverOptions(options));
    const browser = await launchChromium(executablePath).catch(async (error: unknown) => {
      await discord.stop();
      throw error;
    });
    return new ChatStage(browser, discord, options);
  }

  get discord(): LocalDiscord {
    return this.#discord;
  }

  get world(): LocalDiscord['world'] {
    return this.#discord.world;
  }

  /** Opens a window with a profile of its own and waits until it shows a conversation. */
  async open(hash = '', options: BrowserContextOptions = {}): Promise<ChatDriver> {
    const context = await this.#browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options });
    const driver = new ChatDriver(await context.newPage());
    this.#windows.push(driver);
    await driver.page.goto(`${this.#discord.url}/${hash}`);
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
    await this.#discord.stop();
  }

  /** The server comes back where it was. */
  async comeBack(): Promise<void> {
    const { port } = this.#discord;
    this.#discord = await startLocalDiscord({ ...serverOptions(this.#options), port });
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

  /** Somebody writes on another page, or the bot says something that is no answer. */
  say(who: string, channel: string, content: string): string {
    return this.world.say({ channelId: this.channelId(channel), authorId: this.idOf(who), content }).id;
  }

  /** The bot answers a message as Popple does: a reply through REST that pings nobody. */
  async answer(channelId: string, messageId: string, content: string): Promise<void> {
    await restFor(this.#discord).post(Routes.channelMessages(channelId), {
      body: { content, message_reference: { message_id: messageId }, allowed_mentions: { parse: [] } },
    });
  }

  /** The bot reacts to a message through REST. */
  async react(channelId: string, messageId: string, emoji: string): Promise<void> {
    const path = Routes.channelMessageOwnReaction(channelId, messageId, encodeURIComponent(emoji));
    await restFor(this.#discord).put(path);
  }

  async close(): Promise<void> {
    await closeBrowser(this.#browser);
    await this.#discord.stop();
  }
}

function serverOptions(options: { stateFile?: string }) {
  return { ...options, rateLimits: 'off', routes: { '/': page } } as const;
}
