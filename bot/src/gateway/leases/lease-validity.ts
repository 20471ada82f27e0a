/** How long the bucket keeps a lease that is not renewed, unless another bot finds its holder gone before. */
export const LEASE_TTL_MS = 10_000;

/**
 * Whether this bot's leases are still its own, as far as it can know. Times are in milliseconds since the Unix epoch.
 *
 * *Valid*: NATS is connected, and the last renewal is younger than a lease lasts. *Unrenewed*: NATS is connected, and has
 * renewed no lease for as long as a lease lasts.
 */
export class LeaseValidity {
  readonly ttlMs: number;
  readonly #isConnected: () => boolean;
  /** When the last renewal began that had no error; undefined when NATS was away since. */
  #renewedAtMs: number | undefined;
  #failingSinceMs: number | undefined;

  /** `isConnected`: whether NATS can be asked at this moment. */
  constructor(isConnected: () => boolean, ttlMs = LEASE_TTL_MS) {
    this.#isConnected = isConnected;
    this.ttlMs = ttlMs;
  }

  /** All leases were renewed, by a renewal that began then. */
  renewed(beganMs: number): void {
    this.#renewedAtMs = beganMs;
    this.#failingSinceMs = undefined;
  }

  /** A renewal failed that began then. */
  failed(beganMs: number): void {
    // Without a connection, NATS may be away for all bots.
    if (this.#isConnected()) this.#failingSinceMs ??= beganMs;
    else this.#failingSinceMs = undefined;
  }

  /** NATS was away and is back: whether the leases are still held has to be seen first. */
  reconnected(): void {
    this.lapsed();
    this.#failingSinceMs = undefined;
  }

  /** Nothing is known of the leases until the next renewal. */
  lapsed(): void {
    this.#renewedAtMs = undefined;
  }

  get isValid(): boolean {
    return this.#isConnected() && !this.#isOlder(this.#renewedAtMs ?? 0);
  }

  get isUnrenewed(): boolean {
    return this.#failingSinceMs !== undefined && this.#isOlder(this.#failingSinceMs);
  }

  /** Whether the last renewal is older than a lease lasts, without a reconnect since: this process was frozen. */
  get hasLapsed(): boolean {
    return this.#renewedAtMs !== undefined && this.#isOlder(this.#renewedAtMs);
  }

  #isOlder(atMs: number): boolean {
    return Date.now() - atMs >= this.ttlMs;
  }
}
