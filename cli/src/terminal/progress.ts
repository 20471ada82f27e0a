const REDRAW_MS = 100;
const LINE_MS = 5_000;
const MIN_BAR = 10;
const MAX_BAR = 40;

/** Where progress is shown. */
export interface Screen {
  isTTY?: boolean;
  columns?: number;
  write(text: string): unknown;
}

/** How far it is. */
export interface State {
  done: number;
  total: number;
  elapsedMs: number;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
}

/** How far it is, in words: `1,500 of 3,000 requests, 50 %, 750/s, 2 s left`. */
export function progressText({ done, total, elapsedMs }: State): string {
  // Requests that expire or come meanwhile move the end a little; nobody is helped by 101 %.
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const perSecond = elapsedMs > 0 ? (done / elapsedMs) * 1_000 : 0;
  const parts = [
    `${done.toLocaleString('en')} of ${Math.max(total, done).toLocaleString('en')} requests`,
    `${Math.floor(share * 100)} %`,
  ];
  if (perSecond > 0) {
    parts.push(`${Math.round(perSecond).toLocaleString('en')}/s`);
    if (share < 1) parts.push(`${duration((total - done) / perSecond)} left`);
  }
  return parts.join(', ');
}

/** One line of at most `columns` characters: a bar as wide as there is room for, and how far it is in words. */
export function barLine(state: State, columns: number): string {
  const text = progressText(state);
  const width = Math.min(MAX_BAR, columns - text.length - 3);
  if (width < MIN_BAR) return text.slice(0, columns);
  const share = state.total === 0 ? 1 : Math.min(1, state.done / state.total);
  const full = Math.floor(share * width);
  return `[${'#'.repeat(full)}${'-'.repeat(width - full)}] ${text}`;
}

/**
 * Shows how far a long task is: a bar on a terminal, redrawn at most ten times a second; elsewhere a line every 5 s.
 */
export class Progress {
  readonly #screen: Screen;
  readonly #total: number;
  readonly #now: () => number;
  readonly #startMs: number;
  #shownMs: number;
  #done = 0;
  #barIsUp = false;

  constructor(screen: Screen, total: number, now: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#total = total;
    this.#now = now;
    this.#startMs = now();
    this.#shownMs = this.#startMs;
    if (screen.isTTY) this.#show();
  }

  /** Says how many are done. */
  update(done: number): void {
    this.#done = done;
    const isDue = this.#now() - this.#shownMs >= (this.#screen.isTTY ? REDRAW_MS : LINE_MS);
    if (isDue) this.#show();
  }

  /** Writes a line above the bar. */
  note(line: string): void {
    this.#clear();
    this.#screen.write(`${line}\n`);
    if (this.#screen.isTTY) this.#show();
  }

  /** Shows the last state; nothing is drawn over afterwards. */
  end(): void {
    if (!this.#screen.isTTY) return;
    this.#show();
    this.#screen.write('\n');
    this.#barIsUp = false;
  }

  #clear(): void {
    if (this.#barIsUp) this.#screen.write('\r\x1b[K');
    this.#barIsUp = false;
  }

  #show(): void {
    this.#shownMs = this.#now();
    const state = { done: this.#done, total: this.#total, elapsedMs: this.#shownMs - this.#startMs };
    if (!this.#screen.isTTY) {
      this.#screen.write(`${progressText(state)}\n`);
      return;
    }
    // The last column stays free: writing there makes some terminals begin a new line.
    this.#screen.write(`\r\x1b[K${barLine(state, (this.#screen.columns ?? 80) - 1)}`);
    this.#barIsUp = true;
  }
}
