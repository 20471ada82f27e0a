import type { ChatState } from '../../src/chat-contract';
import type { Names } from '../markdown/plain-text';

/** Somebody as the page shows them, member or bot. */
export interface Person {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  /** Undefined for the bot, which has the page's accent. */
  readonly color: string | undefined;
  readonly avatarUrl: string;
  readonly bot: boolean;
}

/** Everybody and every channel by id. */
export interface Directory extends Names {
  person(id: string): Person | undefined;
  /** The bot first, then the members in their order. */
  readonly people: readonly Person[];
  /** The same as long as every name is. */
  readonly namesKey: string;
}

const known = new WeakMap<ChatState, Directory>();

/** The directory of a state; the same object for the same state, so it can be compared to see whether names may differ. */
export function directoryOf(state: ChatState): Directory {
  const before = known.get(state);
  if (before !== undefined) return before;
  const { bot, members } = state;
  const people: Person[] = [
    {
      id: bot.id,
      username: bot.username,
      displayName: bot.username,
      color: undefined,
      avatarUrl: bot.avatarUrl,
      bot: true,
    },
    ...members.map((member) => ({ ...member, bot: false })),
  ];
  const byId = new Map(people.map((person) => [person.id, person]));
  const channels = new Map(
    state.guilds.flatMap((guild) => guild.channels.map(({ id, name }) => [id, name] as const)),
  );
  const directory: Directory = {
    people,
    namesKey: JSON.stringify([people.map(({ displayName }) => displayName), [...channels.values()]]),
    person: (id) => byId.get(id),
    user: (id) => byId.get(id)?.displayName,
    channel: (id) => channels.get(id),
  };
  known.set(state, directory);
  return directory;
}
