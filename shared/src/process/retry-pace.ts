/** How pauses between tries grow: doubling from `baseMs`, up to `capMs`. */
export interface RetryPace {
  readonly baseMs: number;
  readonly capMs: number;
}

/** How often something that is away is tried again, by what it is. */
export const RETRY_PACES = {
  /** NATS and its JetStream. */
  nats: { baseMs: 500, capMs: 10_000 },
  /** Something in hand that waits for NATS or Postgres, and that nobody else can do meanwhile. */
  inHand: { baseMs: 250, capMs: 10_000 },
  /** Postgres, where what waits is given back to the stream. */
  postgres: { baseMs: 250, capMs: 30_000 },
  /** Discord's REST API. */
  discord: { baseMs: 1_000, capMs: 30_000 },
} as const satisfies Record<string, RetryPace>;
