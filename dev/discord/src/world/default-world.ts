import { MANAGER_PERMISSIONS } from '../payload/permissions';
import { type Channel, type Guild, type Member, type Role, WorldError, type WorldSnapshot } from './model';
import { channelName, userName } from './names';
import { snowflakeOf } from './snowflake';

const BOT_MADE_MS = Date.UTC(2023, 0, 9, 10, 0, 0);
const PEOPLE_JOINED_MS = Date.UTC(2023, 1, 14, 18, 30, 0);
const GREENHOUSE_MADE_MS = Date.UTC(2023, 4, 6, 9, 12, 44);
/** An odd number of milliseconds from the other: with two shards, each has one of the default servers. */
const NIGHT_SHIFT_MADE_MS = Date.UTC(2023, 9, 28, 23, 41, 7, 1);

/** The ids are always the same, so that karma kept elsewhere still fits after the local Discord was started over. */
export const BOT_ID = snowflakeOf(BOT_MADE_MS);

const PEOPLE = [
  ['Alice', '#e0666a'],
  ['Bruno', '#4a90d9'],
  ['Chidi', '#5fa463'],
  ['Dana', '#c9a227'],
  ['Emre', '#b46fc4'],
  ['Farah', '#2fa39a'],
] as const;

const GUILDS = [
  {
    name: 'The Greenhouse',
    madeMs: GREENHOUSE_MADE_MS,
    channels: [
      ['general', 'Say hello, and thank somebody: alice++'],
      ['seedlings', 'Small things that want to grow'],
      ['compost', 'What did not work out, and what we learned'],
      ['market-day', 'Saturdays at nine'],
    ],
  },
  {
    name: 'Night Shift',
    madeMs: NIGHT_SHIFT_MADE_MS,
    channels: [
      ['lobby', 'Who is awake?'],
      ['deploys', 'What went out, and who watched it'],
      ['coffee', 'The machine is on the left'],
    ],
  },
] as const;

/** Which of the ids made in a server's first millisecond its role has; its channels have the first ones. */
const MODERATORS = 100;

function defaultBot(): Member {
  return { id: BOT_ID, username: 'Popple', displayName: 'Popple', color: '#5865f2', bot: true };
}

/** A world with nobody but the bot in it. */
export function emptyWorld(): WorldSnapshot {
  return { guilds: [], channels: [], members: [defaultBot()], messages: [] };
}

/**
 * Two servers, seven channels, six people and the bot; nothing has been said yet. Alice owns both servers, and Bruno is a
 * moderator, who may manage them.
 */
export function defaultWorld(): WorldSnapshot {
  const people = PEOPLE.map(([name, color], n): Member => {
    return {
      id: snowflakeOf(PEOPLE_JOINED_MS, n),
      username: userName(name),
      displayName: name,
      color,
      bot: false,
    };
  });
  const owner = people[0];
  if (!owner) throw new WorldError('unknown-member', 'the default world has nobody in it');
  const guilds: Guild[] = [];
  const channels: Channel[] = [];
  for (const { name, madeMs, channels: rooms } of GUILDS) {
    const moderators: Role = {
      id: snowflakeOf(madeMs, MODERATORS),
      name: 'Moderators',
      permissions: MANAGER_PERMISSIONS,
      memberIds: people.slice(1, 2).map(({ id }) => id),
    };
    const guild: Guild = { id: snowflakeOf(madeMs), name, ownerId: owner.id, roles: [moderators] };
    guilds.push(guild);
    for (const [position, [room, topic]] of rooms.entries()) {
      channels.push(textChannel(guild.id, snowflakeOf(madeMs, position + 1), room, topic, position));
    }
  }
  return { guilds, channels, members: [defaultBot(), ...people], messages: [] };
}

function textChannel(guildId: string, id: string, name: string, topic: string, position: number): Channel {
  return {
    id,
    kind: 'text',
    name: channelName(name),
    topic,
    guildId,
    parentId: null,
    recipientId: null,
    position,
    denied: [],
  };
}
