/** Something that goes wrong with a REST request. At least one of the last six fields should be given. */
export interface RestFault {
  /**
   * Which requests: a regular expression (a string is the source of one) over `METHOD /path`, such as
   * `POST /channels/\d+/messages$`, the path without `/api` and the version. All of them when left out.
   */
  readonly match?: RegExp | string | undefined;
  /** How many requests it strikes (default 1). */
  readonly times?: number | undefined;
  /** The response instead of the right one, without doing what was asked. */
  readonly status?: number | undefined;
  /** The JSON body that goes with `status`; Discord's own for that status when left out. */
  readonly body?: unknown;
  /** With status 429: how long to wait (default 1000), and whether all routes have to. */
  readonly retryAfterMs?: number | undefined;
  readonly isGlobal?: boolean | undefined;
  /** Waits before doing anything. */
  readonly delayMs?: number | undefined;
  /** Waits after what was asked is done, before the response. */
  readonly delayAfterMs?: number | undefined;
  /** Cuts the connection without doing what was asked, or after it was done. */
  readonly drop?: 'before-handling' | 'after-handling' | undefined;
}

/** Faults that are waiting for their requests. The first that fits a request strikes it. */
export class RestFaults {
  #pending: { readonly fault: RestFault; readonly match: RegExp | null; left: number }[] = [];

  /** Raises `SyntaxError` for a `match` that is not a regular expression. */
  add(fault: RestFault): void {
    const match = fault.match === undefined ? null : new RegExp(fault.match);
    this.#pending.push({ fault, match, left: fault.times ?? 1 });
  }

  /** The fault that strikes this request; counts it. */
  take(method: string, path: string): RestFault | null {
    if (this.#pending.length === 0) return null;
    const request = `${method} ${path}`;
    const pending = this.#pending.find(({ match }) => match === null || request.search(match) !== -1);
    if (!pending) return null;
    if (--pending.left <= 0) this.#pending = this.#pending.filter((other) => other !== pending);
    return pending.fault;
  }

  clear(): void {
    this.#pending = [];
  }
}
