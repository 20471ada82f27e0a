import type { World } from '@popple/local-discord/world/world';

/** How a guild behaves: which of its changes get a reply, and what its members write. */
export type Profile =
  /** Every change is announced and adds one: its replies count from 1 without a gap. */
  | 'loud'
  /** Announcements are off from the start: no replies, and every change counts. */
  | 'quiet'
  /** Its members keep switching announcements on and off, add and take, several subjects at once. */
  | 'moody'
  /** Its members ask a lot, add and take, and try to raise what is at its highest already. */
  | 'curious'
  /** It has chosen small limits, and single members write a lot at once. */
  | 'limited';

export interface Place {
  readonly guildId: string;
  readonly channelIds: readonly string[];
  /** A channel without messages for Popple. */
  readonly chatterId: string;
  readonly profile: Profile;
}

/** The guilds, channels and members of a run. */
export interface Topology {
  readonly places: readonly Place[];
  /** The first of them owns every guild, and is the only one who may switch announcements. */
  readonly people: readonly string[];
  /** More members, each of whom writes little: nearly always the quota of a day is before them. */
  readonly newcomers: readonly string[];
  /** Bots, Popple's own user among them: their karma does not change. */
  readonly robots: readonly string[];
  readonly botId: string;
}

/** The subject of each curious guild whose karma is the most that Postgres can keep: any change of it is refused. */
export const FULL_SUBJECT = 'the mountain';
export const MOST_KARMA = '9223372036854775807';

const PROFILES: readonly Profile[] = ['loud', 'quiet', 'moody', 'curious', 'limited'];
const CHANNELS_PER_GUILD = 3;
const PEOPLE = ['Ines', 'Jonas', 'Kaya', 'Liam'];
const NEWCOMERS = 400;

/** Builds a topology into an empty world. */
export function buildTopology(world: World): Topology {
  // Before the guilds, so that the first of them owns them all.
  const people = PEOPLE.map((name) => world.addMember({ name }).id);
  const newcomers = Array.from(
    { length: NEWCOMERS },
    (_, index) => world.addMember({ name: `New ${index}` }).id,
  );
  const robots = [world.addMember({ name: 'Robo', bot: true }).id, world.botId];
  const places = PROFILES.map((profile) => {
    const guild = world.addGuild({ name: `The ${profile} ones` });
    const channelIds = Array.from(
      { length: CHANNELS_PER_GUILD },
      (_, index) => world.addChannel({ guildId: guild.id, name: `${profile}-${index + 1}` }).id,
    );
    const chatterId = world.addChannel({ guildId: guild.id, name: `${profile}-chatter` }).id;
    return { guildId: guild.id, channelIds, chatterId, profile };
  });
  return { places, people, newcomers, robots, botId: world.botId };
}
