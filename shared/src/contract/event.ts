import type { z } from 'zod';
import type { eventSchema, totalSchema } from './kinds';

/** How much karma a subject has. */
export type Total = z.infer<typeof totalSchema>;

/** Everything svc may say to the bot. */
export type Event = z.infer<typeof eventSchema>;
export type EventKind = Event['kind'];
