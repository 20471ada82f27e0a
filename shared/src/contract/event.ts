import type { z } from 'zod';
import type { eventSchema, totalSchema } from './kinds';

/** How much karma a subject has. */
export type Total = z.infer<typeof totalSchema>;

/** Everything svc may say to the bot. */
export type Event = z.infer<typeof eventSchema>;
export type EventKind = Event['kind'];

/** The answer to check-history. */
export type HistoryChecked = Extract<Event, { kind: 'history-checked' }>;
/** A change that counted, in a history. */
export type HistoryEntry = HistoryChecked['entries'][number];
/** A change that did not count, in a history. */
export type RefusalEntry = NonNullable<HistoryChecked['refusals']>[number];
