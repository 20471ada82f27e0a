interface Dispatch {
  sequence: number;
  /** The id of the message that it brought, if it did. */
  messageId: string | undefined;
  isDone: boolean;
}

/**
 * How far the dispatches of one session are handled: the highest sequence at and below which every dispatch is, and the
 * newest message among those. That, and not the highest sequence received, is what may be resumed from: Discord sends again
 * what came after it, and the same ids make that harmless.
 */
export class SequenceTracker {
  #done: number;
  #newestMessageId: string | undefined;
  readonly #open: Dispatch[] = [];

  /** `sequence` is what an earlier process got to; 0 for a new session. */
  constructor(sequence = 0) {
    this.#done = sequence;
  }

  /** A dispatch was received. Call the result when it is handled. */
  received(sequence: number, messageId?: string): () => void {
    const dispatch: Dispatch = { sequence, messageId, isDone: false };
    this.#open.push(dispatch);
    return () => {
      dispatch.isDone = true;
      this.#advance();
    };
  }

  #advance(): void {
    let count = 0;
    for (const dispatch of this.#open) {
      if (!dispatch.isDone) break;
      this.#done = Math.max(this.#done, dispatch.sequence);
      const { messageId } = dispatch;
      if (messageId !== undefined && BigInt(messageId) > BigInt(this.#newestMessageId ?? 0)) {
        this.#newestMessageId = messageId;
      }
      count += 1;
    }
    this.#open.splice(0, count);
  }

  /** The sequence to resume after. */
  get sequence(): number {
    return this.#done;
  }

  /** The newest message that is handled, if there was one in this session. */
  get newestMessageId(): string | undefined {
    return this.#newestMessageId;
  }

  /** How many dispatches are not handled yet. */
  get pending(): number {
    return this.#open.length;
  }
}
