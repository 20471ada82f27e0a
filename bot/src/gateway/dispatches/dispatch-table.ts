import { describeError } from '@popple/shared/observability/log';
import type { GatewayDispatchEvents, GatewayDispatchPayload } from 'discord.js';
import type { z } from 'zod';
import { describeIssues, type Unreadable } from '../../unreadable';
import type { SequenceTracker } from './sequence';

/**
 * What the bot does with dispatches of one type. Each file beside this one has those of one subject.
 *
 * A handler takes what it needs when it is made, and nothing else: it knows neither the connection nor other handlers.
 */
export interface DispatchHandler<Data> {
  readonly type: `${GatewayDispatchEvents}`;
  /** What is used of the payload, as Discord's API schema allows it. What does not match is logged, counted and skipped. */
  readonly schema: z.ZodType<Data>;
  /** The message that the payload brings, if any. The newest that is handled is where a backfill begins. */
  messageId?(data: Data): string;
  /**
   * Does it. The dispatch counts as handled when this resolves, so it resolves when what it made durable has its PubAck;
   * undefined when there was nothing to do, or it is done already. A handler that rejects or throws has a bug: the
   * dispatch is logged with the error, counted and skipped.
   */
  handle(data: Data): Promise<void> | undefined;
}

/** A handler whose payload is its own business, as a table has it. */
export type AnyDispatchHandler = DispatchHandler<unknown>;

/** Fits a handler into a table. The schema decides what `handle` receives, which no type can say of a whole table. */
export function dispatchHandler<Data>(handler: DispatchHandler<Data>): AnyDispatchHandler {
  return handler as AnyDispatchHandler;
}

/**
 * The handlers of one gateway session, by the type of dispatch that they take. A dispatch of any other type is handled at
 * once. No dispatch ends the process.
 */
export class DispatchTable {
  readonly #handlers = new Map<string, AnyDispatchHandler>();
  readonly #unreadable: Pick<Unreadable, 'note'>;

  /** @throws Error when two handlers take the same type: only one of them would be called. */
  constructor(handlers: readonly AnyDispatchHandler[], unreadable: Pick<Unreadable, 'note'>) {
    this.#unreadable = unreadable;
    for (const handler of handlers) {
      if (this.#handlers.has(handler.type)) throw new Error(`two handlers take ${handler.type}`);
      this.#handlers.set(handler.type, handler);
    }
  }

  /** Hands a dispatch to its handler, and its sequence to `tracker`, which advances past it when it is handled. */
  dispatch({ t, s, d }: GatewayDispatchPayload, tracker: SequenceTracker): void {
    const handler = this.#handlers.get(t);
    const parsed = handler?.schema.safeParse(d);
    if (handler === undefined || !parsed?.success) {
      if (parsed?.error) this.#unreadable.note(t, describeIssues(parsed.error));
      tracker.received(s)();
      return;
    }
    const handled = tracker.received(s, handler.messageId?.(parsed.data));
    const skip = (error: unknown) => {
      this.#unreadable.note(t, describeError(error), error);
      handled();
    };
    try {
      const handling = handler.handle(parsed.data);
      if (handling === undefined) handled();
      else handling.then(handled, skip);
    } catch (error) {
      skip(error);
    }
  }
}
