/** Lets things through in order, each a while after it came: the latency of a network. Without delay, at once. */
export class DelayLine<T> {
  readonly #waiting: { readonly dueMs: number; readonly item: T }[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly delayMs: () => number,
    private readonly deliver: (item: T) => void,
  ) {}

  push(item: T): void {
    const delayMs = this.delayMs();
    if (delayMs === 0 && this.#waiting.length === 0) {
      this.deliver(item);
      return;
    }
    this.#waiting.push({ dueMs: performance.now() + delayMs, item });
    this.#timer ??= setTimeout(() => this.#flush(), delayMs);
  }

  /** Drops what is still on its way. */
  clear(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting.length = 0;
  }

  #flush(): void {
    this.#timer = null;
    const nowMs = performance.now();
    let due = this.#waiting.findIndex((entry) => entry.dueMs > nowMs);
    if (due === -1) due = this.#waiting.length;
    for (const { item } of this.#waiting.splice(0, due)) this.deliver(item);
    const next = this.#waiting[0];
    if (next) this.#timer ??= setTimeout(() => this.#flush(), Math.max(1, next.dueMs - performance.now()));
  }
}
