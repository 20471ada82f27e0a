import type { APIInteraction } from 'discord-api-types/v10';
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import type { LocalDiscord } from '../../src/local-discord';
import { answer } from '../../src/testing/interactions';
import { GatewayClient } from '../../src/testing/real-clients';

/** How an app answers an interaction; undefined is silence. */
export type Behaviour = (interaction: APIInteraction) => object | undefined;

/** A bot at the other end of the local Discord, which answers as a test tells it. */
export class TestApp {
  readonly received: APIInteraction[] = [];
  readonly #client: GatewayClient;
  readonly #discord: LocalDiscord;
  #behaviour: Behaviour = () => undefined;

  private constructor(discord: LocalDiscord) {
    this.#discord = discord;
    discord.settings.identifyIntervalMs = 0;
    this.#client = new GatewayClient(discord);
    this.#client.manager.on('dispatch', (payload) => {
      if (payload.t === GatewayDispatchEvents.InteractionCreate) void this.#answer(payload.d);
    });
  }

  /** An app that is connected, with these commands where it has any. */
  static async start(discord: LocalDiscord, commands?: readonly object[]): Promise<TestApp> {
    const app = new TestApp(discord);
    await app.#client.manager.connect();
    if (commands !== undefined) await app.register(commands);
    return app;
  }

  async leave(): Promise<void> {
    await this.#client.manager.destroy();
  }

  /** From now on it answers so. */
  behave(behaviour: Behaviour): void {
    this.received.length = 0;
    this.#behaviour = behaviour;
  }

  /** Registers commands, in place of all before. */
  async register(commands: readonly object[]): Promise<void> {
    const { apiUrl, token, world } = this.#discord;
    const response = await fetch(`${apiUrl}/v10/applications/${world.botId}/commands`, {
      method: 'PUT',
      headers: { authorization: `Bot ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(commands),
    });
    if (!response.ok) throw new Error(`the commands were refused: ${await response.text()}`);
  }

  async #answer(interaction: APIInteraction): Promise<void> {
    this.received.push(interaction);
    const body = this.#behaviour(interaction);
    if (body !== undefined) await answer(this.#discord, interaction, body);
  }
}
