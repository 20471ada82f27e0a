/**
 * Requests a second that all bots may make together: Discord takes 50 of a token, and its seconds are not ours.
 * @see https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
 */
const ALL_BOTS = 45;

/** What a bot uses until it knows how many there are. */
const INITIAL_PER_SECOND = 5;

/** How long a larger share waits for the other bots to reduce theirs: longer than they need to notice. */
const GROW_AFTER_MS = 3_000;

/** Replies at the same time for each request a second, so that none waits for its request for longer than this in seconds. */
const WAITING_SECONDS = 10;

/** The parts of discord.js's REST that hold its own limit on all requests. */
interface GlobalLimit {
  options: { globalRequestsPerSecond: number };
  globalRemaining: number;
}

/**
 * This bot's part of the requests that Discord takes from the token: shared evenly among the live bots. Each goes
 * by what it sees; a share shrinks at once and grows only later, so that a bot that joins or leaves does not make
 * all of them together exceed the limit.
 */
export class RequestShare {
  readonly #rest: GlobalLimit;
  readonly #growAfterMs: number;
  readonly #queue: (() => void)[] = [];
  #bots: number | undefined;
  #perSecond = INITIAL_PER_SECOND;
  #running = 0;
  #growing: { perSecond: number; timer: ReturnType<typeof setTimeout> } | undefined;

  /** Takes over the limit of `rest`. `growAfterMs` is for tests. */
  constructor(rest: GlobalLimit, growAfterMs: number = GROW_AFTER_MS) {
    this.#rest = rest;
    this.#growAfterMs = growAfterMs;
    this.#set(INITIAL_PER_SECOND);
  }

  /** Requests a second that this bot makes at most. */
  get perSecond(): number {
    return this.#perSecond;
  }

  /** Sets how many bots are live, this one included; from 1. To be called at each look at the leases. */
  setBots(count: number): void {
    const perSecond = Math.max(1, Math.floor(ALL_BOTS / count));
    const wasAlone = this.#bots === undefined && count === 1;
    this.#bots = count;
    if (perSecond <= this.#perSecond || wasAlone) {
      this.#stopGrowing();
      this.#set(perSecond);
    } else if (this.#growing?.perSecond !== perSecond) {
      this.#stopGrowing();
      const timer = setTimeout(() => {
        this.#growing = undefined;
        this.#set(perSecond);
      }, this.#growAfterMs);
      timer.unref();
      this.#growing = { perSecond, timer };
    }
  }

  /**
   * Runs `work`, which makes a few requests, when not too many others run: what waits longer than Discord remembers nonces
   * would have to look into its channel first, which takes requests too.
   */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#perSecond * WAITING_SECONDS) {
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    } else this.#running += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#admit();
    }
  }

  #admit(): void {
    while (this.#running < this.#perSecond * WAITING_SECONDS) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#running += 1;
      next();
    }
  }

  #stopGrowing(): void {
    clearTimeout(this.#growing?.timer);
    this.#growing = undefined;
  }

  #set(perSecond: number): void {
    this.#perSecond = perSecond;
    this.#rest.options.globalRequestsPerSecond = perSecond;
    // Of the second that has begun, too.
    this.#rest.globalRemaining = Math.min(this.#rest.globalRemaining, perSecond);
    this.#admit();
  }
}
