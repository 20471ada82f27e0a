import { z } from 'zod';
import { eventEnvelope } from './envelope';
import { karmaSchema } from './ids';
import { MAX_BOARD_SIZE, MAX_SUBJECTS } from './limits';
import { open } from './open';
import { displaySchema } from './subject';

const totalSchema = open({ display: displaySchema, karma: karmaSchema });

const karmaChangedSchema = open({
  ...eventEnvelope,
  kind: z.literal('karma-changed'),
  /** Whether the guild wanted changes announced when this one was applied. */
  announce: z.boolean(),
  /** The total after this request, each its own even when several requests were applied together. */
  totals: z.array(totalSchema).min(1).max(MAX_SUBJECTS),
});

const karmaCheckedSchema = open({
  ...eventEnvelope,
  kind: z.literal('karma-checked'),
  totals: z.array(totalSchema).min(1).max(MAX_SUBJECTS),
});

const boardCheckedSchema = open({
  ...eventEnvelope,
  kind: z.literal('board-checked'),
  end: z.enum(['top', 'bottom']),
  /** Best (or worst) first; the rank is the place in the list, counted from 1. */
  entries: z.array(totalSchema).max(MAX_BOARD_SIZE),
});

const announceChangedSchema = open({
  ...eventEnvelope,
  kind: z.literal('announce-changed'),
  announce: z.boolean(),
});

/** Everything svc may say to the bot. */
export const eventSchema = z.discriminatedUnion('kind', [
  karmaChangedSchema,
  karmaCheckedSchema,
  boardCheckedSchema,
  announceChangedSchema,
]);

export type Total = z.infer<typeof totalSchema>;
export type Event = z.infer<typeof eventSchema>;
export type EventKind = Event['kind'];
