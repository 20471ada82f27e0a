/** Tells a person what is being measured, and for how long the whole has been going on. */
export class Progress {
  readonly #startedAtMs = performance.now();
  readonly #write: (text: string) => void;
  readonly #isTerminal: boolean;
  #left: number;

  /** `expectedSeconds` is how long the run takes on a machine like the one it was made on. */
  constructor(write: (text: string) => void, isTerminal: boolean, expectedSeconds: number) {
    this.#write = write;
    this.#isTerminal = isTerminal;
    this.#left = expectedSeconds;
  }

  /** Says what begins now. In a terminal it takes the place of what was said before. */
  step(what: string): void {
    const elapsed = this.#clock((performance.now() - this.#startedAtMs) / 1_000);
    const line = `${elapsed} of about ${this.#clock(this.#left)}  ${what}`;
    this.#write(this.#isTerminal ? `\r\x1b[K${line} …` : `${line}\n`);
  }

  /** Leaves the terminal's line free for what is written next. */
  done(): void {
    if (this.#isTerminal) this.#write('\r\x1b[K');
  }

  #clock(seconds: number): string {
    const whole = Math.round(seconds);
    return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
  }
}
