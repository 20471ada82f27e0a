/** The newest dispatches of a session by sequence, bounded: what a RESUME can still be given. */
export class ReplayBuffer {
  readonly #frames: string[] = [];
  #sequence = 0;

  /** Keeps the newest `limit` frames (≥ 1). */
  constructor(private readonly limit: number) {}

  /** The sequence of the newest frame; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Frames must come in order, without gaps, from sequence 1. */
  add(sequence: number, frame: string): void {
    this.#sequence = sequence;
    this.#frames[sequence % this.limit] = frame;
  }

  /** The frames after a sequence, in order; null when some of them are no longer here. */
  since(sequence: number): string[] | null {
    const missed = this.#sequence - sequence;
    if (missed > this.limit) return null;
    const frames: string[] = [];
    for (let next = sequence + 1; next <= this.#sequence; next++) {
      const frame = this.#frames[next % this.limit];
      if (frame === undefined) return null;
      frames.push(frame);
    }
    return frames;
  }
}
