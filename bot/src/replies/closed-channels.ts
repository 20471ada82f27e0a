/** What a channel can refuse the bot by itself. `reference`: naming the message that is replied to. */
export type Door = 'reply' | 'reaction' | 'reference';

/** Where a door is. Direct messages have no server. */
export interface DoorPlace {
  channelId: string;
  guildId?: string | undefined;
}

interface Closed {
  guildId: string | undefined;
  closedAtMs: number;
  untilMs: number;
  /** How often in a row it was found closed. */
  times: number;
}

const FIRST_MS = 5 * 60_000;
const LONGEST_MS = 60 * 60_000;
/** How long a door stays closed at least, whatever changes on Discord, and how much longer each time. */
const FIRST_CHANGE_MS = 5_000;
const CHANGE_GROWTH = 4;
const CAPACITY = 10_000;
/** So many closed doors close a whole server for a while. */
const MOST_PER_GUILD = 50;

/**
 * Which channels are closed to the bot: each 403 counts towards the ban that Discord puts on 10,000 invalid requests, so
 * none is tried again within five minutes, ten the next time, and an hour in the end. A server with 50 closed channels
 * is closed as a whole for five minutes, or its admin could still have the bot collect them.
 *
 * A door opens again by time, or when permissions may have changed in its server (`permissionsChanged`), but then not
 * sooner than 5 s, 20 s, 80 s after it closed, or somebody who keeps changing them makes the bot try again and again.
 * Keeps 10,000 doors at most and drops the oldest. Each bot has its own. Times are in milliseconds since any start.
 */
export class ClosedChannels {
  readonly #closed = new Map<string, Closed>();

  /** Whether the door is known to be closed. */
  isClosed(door: Door, { channelId, guildId }: DoorPlace, nowMs = performance.now()): boolean {
    const isShut = (key: string) => (this.#closed.get(key)?.untilMs ?? 0) > nowMs;
    return isShut(`${door}/${channelId}`) || (guildId !== undefined && isShut(`guild/${guildId}`));
  }

  /** Discord responded 403 there. Returns for how many milliseconds nothing is to be tried. */
  close(door: Door, { channelId, guildId }: DoorPlace, nowMs = performance.now()): number {
    const forMs = this.#shut(`${door}/${channelId}`, guildId, nowMs);
    if (guildId !== undefined && this.#countIn(guildId, nowMs) >= MOST_PER_GUILD) {
      this.#shut(`guild/${guildId}`, guildId, nowMs);
    }
    return forMs;
  }

  /** Discord accepted a request there. */
  opened(door: Door, { channelId }: DoorPlace): void {
    if (this.#closed.size > 0) this.#closed.delete(`${door}/${channelId}`);
  }

  /** The bot's permissions may have changed in a server. */
  permissionsChanged(guildId: string, nowMs = performance.now()): void {
    for (const closed of this.#closed.values()) {
      if (closed.guildId !== guildId) continue;
      const leastMs = FIRST_CHANGE_MS * CHANGE_GROWTH ** (closed.times - 1);
      closed.untilMs = Math.min(closed.untilMs, Math.max(nowMs, closed.closedAtMs + leastMs));
    }
  }

  #shut(key: string, guildId: string | undefined, nowMs: number): number {
    const times = (this.#closed.get(key)?.times ?? 0) + 1;
    const forMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** (times - 1));
    this.#closed.delete(key);
    this.#closed.set(key, { guildId, closedAtMs: nowMs, untilMs: nowMs + forMs, times });
    for (const oldest of this.#closed.keys()) {
      if (this.#closed.size <= CAPACITY) break;
      this.#closed.delete(oldest);
    }
    return forMs;
  }

  #countIn(guildId: string, nowMs: number): number {
    let count = 0;
    for (const closed of this.#closed.values()) {
      if (closed.guildId === guildId && closed.untilMs > nowMs) count += 1;
    }
    return count;
  }
}
