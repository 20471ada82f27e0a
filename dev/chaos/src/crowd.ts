import type { LocalDiscord } from '@popple/local-discord/local-discord';
import type { Message } from '@popple/local-discord/world/model';
import type { Timeline } from '@popple/testing/timeline';
import { type ChatStep, nextChatStep, spree } from './chat-step';
import type { Model, Said } from './model';
import type { SeededRandom } from './random';
import type { Topology } from './topology';

/** Messages a second, all channels together, beside the bursts. */
const MESSAGES_PER_SECOND = 12;
const BURST_CHANCE = 0.01;
const SPREE_CHANCE = 0.015;
const DELETION_CHANCE = 0.04;
const BULK_CHANCE = 0.2;
/** Some seconds of talk, most of which is applied by then. */
const RECENT_MESSAGES = 60;
/** Those that may not be. */
const NEWEST = 3;
/** With everything broken now and then, some seconds are nothing to wonder at. */
const NOTEWORTHY_STALL_MS = 10_000;
const BURST_SIZES = [10, 40] as const;

/** What the crowd needs of a run. */
export interface CrowdStage {
  readonly discord: LocalDiscord;
  readonly topology: Topology;
  readonly timeline: Timeline;
}

/** The members, who write all the time, whatever breaks; measures how long they wait for a reply. */
export class Crowd {
  readonly #discord: LocalDiscord;
  readonly #model: Model;
  readonly #topology: Topology;
  readonly #random: SeededRandom;
  readonly #timeline: Timeline;
  readonly #unsubscribe: () => void;
  /** Messages that must get a reply, and have none yet. */
  readonly #pending = new Set<string>();
  /** Messages that may be deleted, oldest first. */
  #recent: Said[] = [];
  #waitingSince = 0;
  #talking: Promise<void> | undefined;
  #isQuiet = false;
  /** The longest time in which a reply was pending and none came. */
  longestStallMs = 0;

  constructor({ discord, topology, timeline }: CrowdStage, model: Model, random: SeededRandom) {
    this.#discord = discord;
    this.#timeline = timeline;
    this.#model = model;
    this.#topology = topology;
    this.#random = random;
    this.#unsubscribe = discord.world.onChange((change) => {
      if (change.kind === 'message-created' && change.message.authorId === topology.botId) {
        this.#onAnswer(change.message);
      }
    });
  }

  /** Writes a message, and records it in the model. */
  say(line: ChatStep): Said {
    const { channelId, authorId, content } = line;
    const { id } = this.#discord.world.say({ channelId, authorId, content });
    const said = { ...line, id };
    this.#model.write(said);
    if (this.#isCertainToBeAnswered(said)) {
      if (this.#pending.size === 0) this.#waitingSince = performance.now();
      this.#pending.add(id);
    }
    return said;
  }

  /** Writes messages until `hush`. */
  talk(): void {
    this.#talking ??= this.#chat();
  }

  /** Stops writing; resolves after the last message. */
  async hush(): Promise<void> {
    this.#isQuiet = true;
    await this.#talking;
  }

  stop(): void {
    this.#unsubscribe();
  }

  async #chat(): Promise<void> {
    while (!this.#isQuiet) {
      for (const step of this.#next()) this.#remember(this.say(step));
      if (this.#random.chance(DELETION_CHANCE)) this.#delete();
      await Bun.sleep((2 * this.#random.next() * 1_000) / MESSAGES_PER_SECOND);
    }
  }

  /** What is written at once: mostly one message, now and then many, by anybody or by one member who wants more than may count. */
  #next(): ChatStep[] {
    if (this.#random.chance(SPREE_CHANCE)) return spree(this.#random, this.#topology);
    const length = this.#random.chance(BURST_CHANCE) ? this.#random.between(...BURST_SIZES) : 1;
    return Array.from({ length }, () => nextChatStep(this.#random, this.#topology));
  }

  #remember(said: Said): void {
    const { profile } = this.#model.place(said.guildId);
    // In loud guilds replies count without a gap.
    if (profile === 'loud' || !['change', 'nothing'].includes(said.effect.kind)) return;
    this.#recent.push(said);
    if (this.#recent.length > RECENT_MESSAGES) this.#recent.shift();
  }

  /** Deletes a message that was written lately, or all of them in its channel at once. */
  #delete(): void {
    if (this.#recent.length === 0) return;
    const isAtOnce = this.#random.chance(0.5);
    const { channelId, id } = this.#random.pick(isAtOnce ? this.#recent.slice(-NEWEST) : this.#recent);
    const isBulk = this.#random.chance(BULK_CHANCE);
    const ids = this.#recent.flatMap((said) => (said.channelId === channelId ? [said.id] : []));
    const deleted = new Set(isBulk ? ids : [id]);
    this.#recent = this.#recent.filter((said) => !deleted.has(said.id));
    for (const one of deleted) {
      this.#model.deleted.add(one);
      this.#pending.delete(one);
    }
    if (isBulk) this.#discord.world.removeAll(channelId, [...deleted]);
    else this.#discord.world.remove(channelId, id);
  }

  #isCertainToBeAnswered({ guildId, effect }: Said): boolean {
    if (['karma', 'board', 'undo'].includes(effect.kind)) return true;
    return effect.kind === 'change' && ['loud', 'curious'].includes(this.#model.place(guildId).profile);
  }

  #onAnswer({ replyToId }: Message): void {
    if (replyToId === null || !this.#pending.delete(replyToId)) return;
    const now = performance.now();
    const stallMs = now - this.#waitingSince;
    if (stallMs > NOTEWORTHY_STALL_MS) {
      this.#timeline.note(`no reply for ${(stallMs / 1_000).toFixed(1)} s`);
    }
    this.longestStallMs = Math.max(this.longestStallMs, stallMs);
    this.#waitingSince = now;
  }
}
