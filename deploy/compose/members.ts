import type { LocalDiscordControl } from '@popple/local-discord/local/control-client';
import type { Reply, Said } from './assertions';

const CHANNELS = 4;
const SUBJECTS = ['ada', 'grace', 'edsger', 'barbara'];
const PAUSE_MS = 100;

/** Members who keep talking, one message about every 0.1 s, and what they said. */
export class Members {
  readonly said: Said[] = [];
  readonly guildId: string;
  readonly #discord: LocalDiscordControl;
  readonly #channelIds: readonly string[];
  readonly #memberId: string;
  #talking: Promise<void> | undefined;
  #stopped = false;

  private constructor(
    discord: LocalDiscordControl,
    guildId: string,
    channelIds: readonly string[],
    memberId: string,
  ) {
    this.#discord = discord;
    this.guildId = guildId;
    this.#channelIds = channelIds;
    this.#memberId = memberId;
  }

  /** Makes a server of their own to talk in. */
  static async join(discord: LocalDiscordControl): Promise<Members> {
    const { id: guildId } = await discord.do({ do: 'add-guild', name: 'Containers' });
    const channelIds: string[] = [];
    for (let index = 1; index <= CHANNELS; index += 1) {
      channelIds.push((await discord.do({ do: 'add-channel', guildId, name: `channel-${index}` })).id);
    }
    const { id: memberId } = await discord.do({ do: 'add-member', name: 'Ann' });
    return new Members(discord, guildId, channelIds, memberId);
  }

  /** Says one thing. */
  async say(): Promise<Said> {
    const turn = this.said.length;
    const subject = SUBJECTS[turn % SUBJECTS.length] ?? '';
    // Every subject in every channel, so that workers and bots meet on the same rows.
    const channelId = this.#channelIds[Math.floor(turn / SUBJECTS.length) % CHANNELS] ?? '';
    const { id } = await this.#discord.do({
      do: 'say',
      message: { channelId, authorId: this.#memberId, content: `${subject}++` },
    });
    const said = { id, channelId, subject };
    this.said.push(said);
    return said;
  }

  /** Keeps talking until `stop`. `stop` throws what goes wrong on the way to the local Discord. */
  talk(): void {
    const go = async () => {
      while (!this.#stopped) {
        await this.say();
        await Bun.sleep(PAUSE_MS);
      }
    };
    this.#talking = go();
    this.#talking.catch(() => undefined);
  }

  /** Resolves when they have stopped talking. @throws what went wrong while they talked. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#talking;
  }

  /** Everything the bot has said to them so far. */
  async replies(): Promise<Reply[]> {
    const pages = await Promise.all(
      this.#channelIds.map((channelId) => this.#discord.do({ do: 'messages', channelId })),
    );
    return pages.flat().filter(({ bot }) => bot);
  }
}
