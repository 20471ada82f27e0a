import type { ChangeFeed } from './feed';
import type { Interaction, InteractionAnswer } from './interaction';
import type { Message } from './model';
import type { SnowflakeSource } from './snowflake';

/** How long an interaction may wait, and its token lives, in milliseconds; read at every use. */
export interface InteractionLimits {
  readonly deadlineMs: () => number;
  readonly tokenMs: () => number;
}

/** What is known of an interaction before Discord adds to it. */
export type NewInteraction = Pick<Interaction, 'type' | 'userId' | 'channelId' | 'guildId' | 'data'> &
  Partial<Pick<Interaction, 'commandName' | 'message' | 'trigger'>>;

const RANDOM_BYTES = 24;

/** The interactions of late: each is forgotten a while after its token expired. */
export class Interactions {
  /** In the order in which they began. */
  readonly #interactions = new Map<string, Interaction>();
  readonly #byToken = new Map<string, Interaction>();
  readonly #deadlines = new Map<string, ReturnType<typeof setTimeout>>();
  readonly #waiting = new Map<string, PromiseWithResolvers<void>>();

  constructor(
    private readonly ids: SnowflakeSource,
    private readonly feed: ChangeFeed,
    private readonly limits: InteractionLimits,
  ) {}

  /** Begins one, and tells every listener. It fails by itself when nobody answers in time. */
  begin(input: NewInteraction): Interaction {
    const atMs = Date.now();
    this.#forgetOld(atMs);
    const id = this.ids.next(atMs);
    const secret = crypto.getRandomValues(Buffer.alloc(RANDOM_BYTES)).toString('hex');
    const interaction: Interaction = {
      commandName: null,
      message: null,
      trigger: null,
      ...input,
      id,
      token: Buffer.from(`interaction:${id}:${secret}`).toString('base64url'),
      atMs,
      state: 'waiting',
      answer: null,
      original: null,
      followUps: [],
      expiresAtMs: atMs + this.limits.tokenMs(),
    };
    this.#interactions.set(id, interaction);
    this.#byToken.set(interaction.token, interaction);
    const deadlineMs = this.limits.deadlineMs();
    const timer = setTimeout(() => this.fail(interaction), deadlineMs);
    timer.unref();
    this.#deadlines.set(id, timer);
    this.feed.publish({ kind: 'interaction-created', interaction });
    return interaction;
  }

  /** Oldest first. */
  all(): Interaction[] {
    return [...this.#interactions.values()];
  }

  find(id: string): Interaction | undefined {
    return this.#interactions.get(id);
  }

  byToken(token: string): Interaction | undefined {
    return this.#byToken.get(token);
  }

  /** Notes the app's answer to one that waits. */
  acknowledge(interaction: Interaction, answer: InteractionAnswer, original: Message | null): void {
    interaction.answer = answer;
    interaction.original = original;
    this.#end(interaction, 'acknowledged');
  }

  /** Gives up on one that waits: the member is told that the application did not respond. */
  fail(interaction: Interaction): void {
    if (interaction.state === 'waiting') this.#end(interaction, 'failed');
  }

  /** Resolves when an interaction waits no longer. */
  ended(interaction: Interaction): Promise<void> {
    if (interaction.state !== 'waiting') return Promise.resolve();
    const waiting = this.#waiting.get(interaction.id) ?? Promise.withResolvers<void>();
    this.#waiting.set(interaction.id, waiting);
    return waiting.promise;
  }

  /** Gives up on all that wait. */
  stop(): void {
    for (const interaction of this.#interactions.values()) this.fail(interaction);
  }

  #end(interaction: Interaction, state: 'acknowledged' | 'failed'): void {
    interaction.state = state;
    clearTimeout(this.#deadlines.get(interaction.id));
    this.#deadlines.delete(interaction.id);
    this.feed.publish({ kind: 'interaction-ended', interaction });
    this.#waiting.get(interaction.id)?.resolve();
    this.#waiting.delete(interaction.id);
  }

  /** Twice as long as a token lives: a late callback still reads that it was acknowledged. */
  #forgetOld(nowMs: number): void {
    const keptMs = 2 * this.limits.tokenMs() + this.limits.deadlineMs();
    for (const [id, interaction] of this.#interactions) {
      if (interaction.atMs + keptMs > nowMs) return;
      this.#interactions.delete(id);
      this.#byToken.delete(interaction.token);
    }
  }
}
