import { SnowflakeSource } from '@popple/local-discord/world/snowflake';
import type { ChangeKarma, Request } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import type { StreamMessage } from '@popple/shared/messaging/bulk-publisher';
import { encode } from '@popple/shared/messaging/codec';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { seededRandom, skewed } from './random';

/** How many servers, channels and names take part. */
export interface Population {
  /** The number of the first server: populations with different ones never meet. */
  firstGuild: number;
  guilds: number;
  channelsPerGuild: number;
  subjectsPerGuild: number;
  /** Every name is as likely as any other, instead of a few getting most. */
  isEven?: boolean;
  /** Subjects are members, and not things. */
  isOfMembers?: boolean;
  /** How many members change karma, by default 5,000. */
  givers?: number;
}

/** Many servers in which a few names get most of the karma. */
export const BUSY_SERVERS: Population = {
  firstGuild: 0,
  guilds: 200,
  channelsPerGuild: 4,
  subjectsPerGuild: 500,
};

/** The same, but the names are members. */
export const BUSY_SERVERS_OF_MEMBERS: Population = { ...BUSY_SERVERS, isOfMembers: true };

/** The same, but one member makes all changes. */
export const ONE_GIVER: Population = { ...BUSY_SERVERS, givers: 1 };

/** So many servers that some hundred thousand changes in a minute are not too many for any. */
export const MANY_SERVERS: Population = { ...BUSY_SERVERS, guilds: 2_000 };

/** Everybody talks about the same few names, so that workers meet at every row. */
export const HOT_SUBJECTS: Population = {
  firstGuild: 0,
  guilds: 2,
  channelsPerGuild: 4,
  subjectsPerGuild: 10,
};

/** 5,000 names of one server. */
export const NAMES_TOGETHER: Population = {
  firstGuild: 1_000,
  guilds: 1,
  channelsPerGuild: 4_000,
  subjectsPerGuild: 5_000,
  isEven: true,
};

/** As many names of as many servers as there can be: fewer in one, and messages could not name two. */
export const NAMES_APART: Population = {
  firstGuild: 10_000,
  guilds: 1_000,
  channelsPerGuild: 4,
  subjectsPerGuild: 5,
  isEven: true,
};

const FIRST_GUILD = 100_000_000_000_000_000n;
const FIRST_CHANNEL = 200_000_000_000_000_000n;
const FIRST_USER = 300_000_000_000_000_000n;
const FIRST_RECEIVER = 400_000_000_000_000_000n;
const GIVERS = 5_000;

/** The id of the nth server of every population. */
export function guildId(index: number): string {
  return String(FIRST_GUILD + BigInt(index));
}

/** How many changes a message has: most have one. */
function changeCount(draw: number): number {
  if (draw < 0.88) return 1;
  return draw < 0.97 ? 2 : 3;
}

function changesOf(
  random: () => number,
  { subjectsPerGuild, isEven = false, isOfMembers = false }: Population,
): ChangeKarma['changes'] {
  const draw = isEven
    ? () => Math.floor(random() * subjectsPerGuild)
    : () => skewed(random, subjectsPerGuild);
  const changes = new Map<string, ChangeKarma['changes'][number]>();
  for (let left = changeCount(random()); left > 0; left -= 1) {
    const display = isOfMembers ? `<@${FIRST_RECEIVER + BigInt(draw())}>` : `Subject ${draw()}`;
    changes.set(display, { subject: display.toLowerCase(), display, delta: random() < 0.85 ? 1 : -1 });
  }
  return [...changes.values()];
}

/** What makes ids. */
type Ids = Pick<SnowflakeSource, 'next'>;

/** Ids that no other of up to 32 workers makes, whatever it does at the same time. */
export function workerIds(worker: number): Ids {
  const source = new SnowflakeSource();
  return { next: () => String(BigInt(source.next()) | (BigInt(worker) << 12n)) };
}

/** An endless supply of requests that change karma, the same for the same seed but for their ids. */
export function* changeRequests(
  population: Population,
  seed: number,
  ids: Ids = new SnowflakeSource(),
): Generator<ChangeKarma> {
  const { givers = GIVERS } = population;
  const random = seededRandom(seed);
  for (;;) {
    const guild = population.firstGuild + Math.floor(random() * population.guilds);
    const channel = guild * population.channelsPerGuild + Math.floor(random() * population.channelsPerGuild);
    yield {
      ...messageEnvelope({
        id: ids.next(),
        guildId: guildId(guild),
        channelId: String(FIRST_CHANNEL + BigInt(channel)),
        userId: String(FIRST_USER + BigInt(Math.floor(random() * givers))),
      }),
      kind: 'change-karma',
      changes: changesOf(random, population),
    };
  }
}

/** As changeRequests, but every `every`th is a question: what somebody has, or a board of ten. */
export function* mixedRequests(population: Population, seed: number, every = 20): Generator<Request> {
  let count = 0;
  for (const change of changeRequests(population, seed)) {
    count += 1;
    if (count % every !== 0) {
      yield change;
      continue;
    }
    const { changes, kind: _, ...envelope } = change;
    yield count % (2 * every) === 0
      ? { ...envelope, kind: 'check-board', end: 'top', size: 10 }
      : {
          ...envelope,
          kind: 'check-karma',
          subjects: changes.map(({ delta: _delta, ...subject }) => subject),
        };
  }
}

/** A request ready to be published. */
export function toMessage(request: Request): StreamMessage {
  return { subject: requestSubject(request), id: request.id, data: encode(request) };
}

/** The first `count` of a supply. */
export function take<Item>(supply: Iterator<Item>, count: number): Item[] {
  const items: Item[] = [];
  while (items.length < count) {
    const { value, done } = supply.next();
    if (done) break;
    items.push(value);
  }
  return items;
}
