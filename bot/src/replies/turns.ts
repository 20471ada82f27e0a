/**
 * Most events of one channel in hand: as many as are replied to in `IN_HAND_MS`, within these bounds. Discord takes about one
 * message a second from a channel, which makes it the least.
 */
const LEAST_PER_CHANNEL = 32;
const MOST_PER_CHANNEL = 256;
const IN_HAND_MS = 5_000;
/** Most events of one server in hand, so that a few busy ones do not hold everything. */
const PER_GUILD = 256;
/**
 * Most events of one server that are given back at the same time, by all bots: a quarter of what the durable consumer may
 * have unacked. Past that it would deliver nothing to anybody.
 */
const WAITING_PER_GUILD = 5_000;

/** Replies after which the measured time is used: Discord takes the first five of a channel at once. */
const ENOUGH_REPLIES = 10;
/** How much the newest reply counts in the average. */
const NEWEST_SHARE = 0.1;
const SHORTEST_DELAY_MS = 250;
const SHORTEST_DELAY_UNMEASURED_MS = 1_000;
const LONGEST_DELAY_MS = 10_000;
/** Too early is better than too late: what comes too early is given back again, what comes too late leaves the channel idle. */
const EARLY = 0.5;
/** How long after its time an event that was given back is still expected here before others may pass it. */
const GRACE_MS = 15_000;

interface GivenBack {
  sequence: number;
  dueMs: number;
}

interface Channel {
  inHand: number;
  /** By sequence, lowest first. */
  givenBack: GivenBack[];
  /** How many replies were measured, and how long one takes on average, newer ones counting more. */
  replies: number;
  replyMs: number;
  sweptMs: number;
}

interface Guild {
  inHand: number;
  givenBack: number;
  channels: Map<string, Channel>;
}

/** The server and channel of an event, and its place in the stream. */
export interface Place {
  guildId: string;
  channelId: string;
  sequence: number;
}

/**
 * What to do with an event:
 * - `now`: it is in hand until `done`.
 * - `later`: give it back, to be delivered again after `delayMs`.
 * - `never`: its server is so far behind that others would have to wait for it.
 */
export type Turn = { when: 'now' } | { when: 'later'; delayMs: number } | { when: 'never' };

/**
 * Which event is replied to when, so that one busy channel or server does not delay the others: each may have only so many
 * in hand, and the rest is given back to the stream for about as long as the replies before it will take, as measured.
 *
 * Within a channel events keep their order: one never passes another that was given back before it, unless that does not
 * come in time. With several bots, what one gives back may be delivered to another, and they reply side by side; order is
 * then not kept. A new process does not know what the last one gave back.
 */
export class Turns {
  readonly #guilds = new Map<string, Guild>();
  #bots = 1;

  /** Sets how many bots post replies, this one included; from 1. */
  setBots(count: number): void {
    this.#bots = count;
  }

  /** Asks for a turn. `nowMs` is the time in milliseconds, from any start. */
  ask({ guildId, channelId, sequence }: Place, nowMs = performance.now()): Turn {
    const guild = this.#guilds.get(guildId) ?? { inHand: 0, givenBack: 0, channels: new Map() };
    this.#guilds.set(guildId, guild);
    const channel = guild.channels.get(channelId) ?? {
      inHand: 0,
      givenBack: [],
      replies: 0,
      replyMs: 0,
      sweptMs: nowMs,
    };
    guild.channels.set(channelId, channel);
    this.#expire(guild, channel, nowMs);

    const place = lowerBound(channel.givenBack, sequence);
    const wasGivenBack = channel.givenBack[place]?.sequence === sequence;
    const isNext = place === 0 || this.#bots > 1;
    if (isNext && channel.inHand < capacityOf(channel) && guild.inHand < PER_GUILD) {
      if (wasGivenBack) {
        channel.givenBack.splice(place, 1);
        guild.givenBack -= 1;
      }
      channel.inHand += 1;
      guild.inHand += 1;
      return { when: 'now' };
    }
    if (!wasGivenBack && guild.givenBack >= WAITING_PER_GUILD / this.#bots) return { when: 'never' };
    // It cannot have its turn before the one before it, so it need not come sooner.
    const beforeIsDueInMs = Math.round((channel.givenBack[place - 1]?.dueMs ?? nowMs) - nowMs);
    const delayMs = Math.max(delayOf(channel, place), beforeIsDueInMs);
    channel.givenBack.splice(place, wasGivenBack ? 1 : 0, { sequence, dueMs: nowMs + delayMs });
    if (!wasGivenBack) guild.givenBack += 1;
    return { when: 'later', delayMs };
  }

  /** Whether an event would have to wait for others of its channel or server. */
  isBusy({ guildId, channelId }: Place): boolean {
    const guild = this.#guilds.get(guildId);
    const channel = guild?.channels.get(channelId);
    if (guild === undefined || channel === undefined) return (guild?.inHand ?? 0) >= PER_GUILD;
    return channel.givenBack.length > 0 || channel.inHand >= capacityOf(channel) || guild.inHand >= PER_GUILD;
  }

  /** An event needs no turn any more, also when it was given back. */
  forget({ guildId, channelId, sequence }: Place): void {
    const guild = this.#guilds.get(guildId);
    const channel = guild?.channels.get(channelId);
    if (guild === undefined || channel === undefined) return;
    const place = lowerBound(channel.givenBack, sequence);
    if (channel.givenBack[place]?.sequence !== sequence) return;
    channel.givenBack.splice(place, 1);
    guild.givenBack -= 1;
    this.#forgetIdle(guildId, guild, channelId, channel);
  }

  /** An event that had its turn is no longer in hand; `tookMs` is how long its reply took once it began. */
  done({ guildId, channelId }: Place, tookMs: number): void {
    const guild = this.#guilds.get(guildId);
    const channel = guild?.channels.get(channelId);
    if (guild === undefined || channel === undefined) return;
    guild.inHand -= 1;
    channel.inHand -= 1;
    channel.replies += 1;
    channel.replyMs += (tookMs - channel.replyMs) * Math.max(NEWEST_SHARE, 1 / channel.replies);
    this.#forgetIdle(guildId, guild, channelId, channel);
  }

  #forgetIdle(guildId: string, guild: Guild, channelId: string, channel: Channel): void {
    if (channel.inHand > 0 || channel.givenBack.length > 0) return;
    guild.channels.delete(channelId);
    if (guild.channels.size === 0) this.#guilds.delete(guildId);
  }

  /** How many events are given back and expected again. */
  get givenBack(): number {
    let count = 0;
    for (const guild of this.#guilds.values()) count += guild.givenBack;
    return count;
  }

  /** Forgets what was given back and did not come: another bot has it. */
  #expire(guild: Guild, channel: Channel, nowMs: number): void {
    const isFirstLate = (channel.givenBack[0]?.dueMs ?? nowMs) + GRACE_MS < nowMs;
    if (!isFirstLate && nowMs - channel.sweptMs < GRACE_MS) return;
    channel.sweptMs = nowMs;
    const expected = channel.givenBack.filter(({ dueMs }) => dueMs + GRACE_MS >= nowMs);
    guild.givenBack -= channel.givenBack.length - expected.length;
    channel.givenBack = expected;
  }
}

function capacityOf({ replies, replyMs }: Channel): number {
  if (replies < ENOUGH_REPLIES) return LEAST_PER_CHANNEL;
  return Math.min(MOST_PER_CHANNEL, Math.max(LEAST_PER_CHANNEL, IN_HAND_MS / replyMs));
}

/** How long to give back what has `place` others before it that were given back. */
function delayOf({ inHand, replies, replyMs }: Channel, place: number): number {
  const shortestMs = replies < ENOUGH_REPLIES ? SHORTEST_DELAY_UNMEASURED_MS : SHORTEST_DELAY_MS;
  return Math.round(Math.min(LONGEST_DELAY_MS, Math.max(shortestMs, (inHand + place) * replyMs * EARLY)));
}

/** The index of the first whose sequence is not below `sequence`. */
function lowerBound(sorted: readonly GivenBack[], sequence: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.sequence ?? 0) < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}
