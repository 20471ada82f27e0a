import type { Command, CommandDefinition } from './command';
import type { ChangeFeed } from './feed';
import type { SnowflakeSource } from './snowflake';

/** The commands that the app has registered: slash commands, and those in the menus of members and messages. */
export class Commands {
  #commands: readonly Command[];
  /** When each that is new was registered, oldest first. */
  #createdMs: number[] = [];

  constructor(
    snapshot: readonly Command[],
    private readonly ids: SnowflakeSource,
    private readonly feed: ChangeFeed,
  ) {
    this.#commands = snapshot;
  }

  /** In the order in which they were registered. */
  all(): readonly Command[] {
    return this.#commands;
  }

  command(id: string): Command | undefined {
    return this.#commands.find((command) => command.id === id);
  }

  /** How many of these have a name and type that no command has yet. */
  countNew(definitions: readonly CommandDefinition[]): number {
    return definitions.filter((definition) => !this.#sameNamed(definition)).length;
  }

  /** How many were created after a point in time. */
  createdSince(sinceMs: number): number {
    this.#createdMs = this.#createdMs.filter((createdMs) => createdMs > sinceMs);
    return this.#createdMs.length;
  }

  /**
   * Makes these all the commands there are. One with the name and type of a command that exists keeps its id, and its
   * version too when nothing about it changed.
   */
  replaceAll(definitions: readonly CommandDefinition[]): readonly Command[] {
    const commands = definitions.map((definition): Command => {
      const known = this.#sameNamed(definition);
      if (!known) {
        const id = this.ids.next();
        this.#createdMs.push(Date.now());
        return { id, version: this.ids.next(), ...definition };
      }
      const { id, version } = known;
      const isSame = Bun.deepEquals({ id, version, ...definition }, known);
      return { id, version: isSame ? version : this.ids.next(), ...definition };
    });
    this.#commands = commands;
    this.feed.publish({ kind: 'commands-changed', commands });
    return commands;
  }

  #sameNamed({ type, name }: CommandDefinition): Command | undefined {
    return this.#commands.find((command) => command.type === type && command.name === name);
  }
}
