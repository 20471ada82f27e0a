import type { Request } from '@popple/shared/contract/request';
import { backoffMs } from '@popple/shared/messaging/backoff';
import type { BulkPublisher, StreamMessage } from '@popple/shared/messaging/bulk-publisher';
import { encode } from '@popple/shared/messaging/codec';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { describeError, type Log } from '@popple/shared/observability/log';
import { nextTurn } from '@popple/shared/process/next-turn';
import { requestsPublished, requestsWaiting } from '../metrics';

/** How many requests are on their way to the stream at once. */
const WINDOW = 256;
const RETRY_BASE_MS = 250;
const RETRY_CAP_MS = 10_000;

interface Entry extends StreamMessage {
  kind: Request['kind'];
  /** Called once the stream has it. */
  stored(): void;
}

export interface OutboxOptions {
  publisher: Pick<BulkPublisher, 'publish'>;
  log: Log;
  /** How many requests may wait before the outbox says it is full. */
  capacity: number;
}

/**
 * What was read from the gateway and is not in the stream yet, oldest first.
 *
 * Requests leave in the order in which they came, a window at a time. What gets no PubAck stays at the front and is
 * published again, for as long as it takes; the request's id makes the stream drop what it had after all. Nothing is
 * ever thrown away: who fills the outbox watches `isFull` and stops reading.
 */
export class Outbox {
  readonly #publisher: Pick<BulkPublisher, 'publish'>;
  readonly #log: Log;
  readonly #capacity: number;
  #entries: Entry[] = [];
  #publishing: Promise<void> | undefined;
  #problem: string | undefined;

  constructor({ publisher, log, capacity }: OutboxOptions) {
    this.#publisher = publisher;
    this.#log = log;
    this.#capacity = capacity;
  }

  /** Takes a request; resolves when the stream has it. */
  add(request: Request): Promise<void> {
    return new Promise((resolve) => {
      this.#entries.push({
        kind: request.kind,
        subject: requestSubject(request),
        id: request.id,
        data: encode(request),
        stored: resolve,
      });
      this.#publishing ??= this.#publishAll();
    });
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Whether no more should be read until some has left. */
  get isFull(): boolean {
    return this.#entries.length >= this.#capacity;
  }

  /** Undefined while requests leave as they come, else why they do not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Resolves when everything taken so far is in the stream. */
  async emptied(): Promise<void> {
    while (this.#publishing !== undefined) await this.#publishing;
  }

  async #publishAll(): Promise<void> {
    // Everything that one read of the gateway's socket brought leaves together.
    await nextTurn();
    for (let failures = 0; this.#entries.length > 0; ) {
      const problem = await this.#publishWindow();
      this.#problem = problem;
      if (problem === undefined) {
        failures = 0;
        continue;
      }
      const pauseMs = backoffMs(failures, RETRY_BASE_MS, RETRY_CAP_MS);
      failures += 1;
      this.#log.warn(
        `${this.#entries.length} requests wait for NATS: ${problem}; trying again in ${pauseMs} ms`,
      );
      await Bun.sleep(pauseMs);
    }
    this.#publishing = undefined;
  }

  /** Publishes the front of the queue; resolves to why some of it is still there, if it is. */
  async #publishWindow(): Promise<string | undefined> {
    requestsWaiting.set(this.#entries.length);
    const window = this.#entries.slice(0, WINDOW);
    const stored = new Set<Entry>();
    let problem: string | undefined;
    try {
      await this.#publisher.publish(window, (entry, duplicate) => {
        stored.add(entry);
        requestsPublished.inc({ kind: entry.kind, duplicate: String(duplicate) });
        entry.stored();
      });
    } catch (error) {
      problem = describeError(error);
    }
    const left = window.filter((entry) => !stored.has(entry));
    this.#entries = [...left, ...this.#entries.slice(window.length)];
    requestsWaiting.set(this.#entries.length);
    return problem;
  }
}
