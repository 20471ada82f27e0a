import { ChannelType } from 'discord.js';
import { z } from 'zod';

/** Channels that are remembered at most: a shard of 2,500 servers has some 50,000, of some 150 bytes each. */
const CAPACITY = 100_000;

/** A thread is in a channel, and that in a category. */
const MOST_PARENTS = 2;

const THREADS: ReadonlySet<number> = new Set([
  ChannelType.AnnouncementThread,
  ChannelType.PublicThread,
  ChannelType.PrivateThread,
]);

/** What is used of a channel or thread, from the gateway or from REST. */
export const placedChannelSchema = z.object({
  id: z.string(),
  type: z.int(),
  /** The category of a channel, the channel of a thread. */
  parent_id: z.string().nullish(),
});

export type PlacedChannel = z.infer<typeof placedChannelSchema>;

/** What is above a channel, nearest first, as far as it is known. */
export interface Above {
  readonly parents: readonly string[];
  /** The channel about which Discord has to be asked to know the rest; undefined when that is all. */
  readonly unknown: string | undefined;
}

/**
 * Where channels are: in which category, and threads in which channel. Filled from what Discord tells; the channels of
 * which it was told longest ago are forgotten, when there are too many.
 */
export class ChannelParents {
  /** Ids of parents by the id of the channel, empty for none. Oldest first. */
  readonly #parents = new Map<string, string>();
  readonly #capacity: number;

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  /** Discord has told of a channel or thread, or of where it is now. */
  came({ id, type, parent_id }: PlacedChannel): void {
    this.#remember(id, parent_id ?? '');
    // A category is in nothing.
    if (parent_id && !THREADS.has(type)) this.#remember(parent_id, '');
  }

  /** A channel or thread was deleted. */
  gone(id: string): void {
    this.#parents.delete(id);
  }

  /** What is above a channel. */
  above(channelId: string): Above {
    const parents: string[] = [];
    for (let id = channelId; parents.length < MOST_PARENTS; ) {
      const parent = this.#parents.get(id);
      if (parent === undefined) return { parents, unknown: id };
      if (parent === '') break;
      parents.push(parent);
      id = parent;
    }
    return { parents, unknown: undefined };
  }

  #remember(id: string, parent: string): void {
    this.#parents.delete(id);
    this.#parents.set(id, parent);
    for (const oldest of this.#parents.keys()) {
      if (this.#parents.size <= this.#capacity) break;
      this.#parents.delete(oldest);
    }
  }
}
