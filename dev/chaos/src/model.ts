import type { Change, ChatStep, Effect } from './chat-step';
import type { PoisonShape } from './fault';
import type { Place } from './topology';

/** Something that was said, and what it must come to. */
export interface Said extends ChatStep {
  /** The message's id, which is the request's. */
  readonly id: string;
}

/** An unreadable payload that was put on a stream. */
export interface Poison {
  /** Its Nats-Msg-Id. */
  readonly id: string;
  readonly shape: PoisonShape;
}

/** Many changes said in one channel at once. */
export interface Flood {
  readonly channelId: string;
  /** The ids of its messages, in order. */
  readonly ids: readonly string[];
}

/** Whether a message asks anything of Popple at all, so that it has to reach the stream of requests. */
export function isRequest({ kind }: Effect): boolean {
  return kind !== 'nothing';
}

/** What was said and done in a run, kept apart from everything under test: what must come of it is worked out from here. */
export class Model {
  readonly said = new Map<string, Said>();
  readonly poison = new Map<string, Poison>();
  readonly floods: Flood[] = [];
  /** Poison whose dead letter may be lost with a volume. */
  readonly lostPoison = new Set<string>();
  /** What Postgres refuses and was said before a volume was lost: its request, published anew, dies anew. */
  readonly refusedAnew = new Set<string>();

  /** Members who are bots. */
  readonly robots: ReadonlySet<string>;
  /** Settings that were chosen before the run: the ids of their requests. */
  readonly chosen = new Set<string>();

  /** Messages that were deleted, when bots may have read them or not. */
  readonly deleted = new Set<string>();

  constructor(
    readonly places: readonly Place[],
    robots: Iterable<string> = [],
  ) {
    this.robots = new Set(robots);
  }

  write(said: Said): void {
    this.said.set(said.id, said);
  }

  inject(poison: Poison): void {
    this.poison.set(poison.id, poison);
  }

  /** NATS' volume is lost, and every dead letter with it; the requests come back with the backfill. */
  loseVolume(): void {
    for (const id of this.poison.keys()) this.lostPoison.add(id);
    for (const { id, effect } of this.said.values()) if (effect.kind === 'refused') this.refusedAnew.add(id);
  }

  /** Whether nothing may ever have come of a message: it was deleted, and maybe before any bot read it. */
  mayBeUnread({ id }: Said): boolean {
    return this.deleted.has(id);
  }

  place(guildId: string): Place {
    const place = this.places.find((candidate) => candidate.guildId === guildId);
    if (place === undefined) throw new Error(`there is no guild ${guildId}`);
    return place;
  }

  /** What guilds must have chosen about announcements in the end: the last word said. */
  announcements(): Map<string, boolean> {
    const choices = new Map<string, { id: bigint; announce: boolean }>();
    for (const { id, guildId, effect } of this.said.values()) {
      if (effect.kind !== 'announce') continue;
      const known = choices.get(guildId);
      if (known === undefined || known.id < BigInt(id)) {
        choices.set(guildId, { id: BigInt(id), announce: effect.announce });
      }
    }
    return new Map([...choices].map(([guildId, { announce }]) => [guildId, announce]));
  }
}

/** The changes of a message, none when it is of another kind. */
export function changesOf(said: Said): readonly Change[] {
  return said.effect.kind === 'change' ? said.effect.changes : [];
}
