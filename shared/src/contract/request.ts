import { z } from 'zod';
import { requestEnvelope } from './envelope';
import { MAX_BOARD_SIZE, MAX_DELTA, MAX_SUBJECTS } from './limits';
import { open } from './open';
import { subjectFields, subjectSchema, withDisplay } from './subject';

const changeSchema = subjectFields
  .extend({
    delta: z
      .int()
      .min(-MAX_DELTA)
      .max(MAX_DELTA)
      .refine((delta) => delta !== 0, 'a change of zero is no change'),
  })
  .transform(withDisplay);

const distinctSubjects = (entries: readonly { subject: string }[]) =>
  new Set(entries.map((entry) => entry.subject)).size === entries.length;

export const changeKarmaSchema = open({
  ...requestEnvelope,
  kind: z.literal('change-karma'),
  /** In order of first appearance in the message, each subject once. */
  changes: z.array(changeSchema).min(1).max(MAX_SUBJECTS).refine(distinctSubjects, 'a subject appears twice'),
});

export const checkKarmaSchema = open({
  ...requestEnvelope,
  kind: z.literal('check-karma'),
  subjects: z
    .array(subjectSchema)
    .min(1)
    .max(MAX_SUBJECTS)
    .refine(distinctSubjects, 'a subject appears twice'),
});

const checkBoardSchema = open({
  ...requestEnvelope,
  kind: z.literal('check-board'),
  /** `top` has the highest karma first, `bottom` the lowest. */
  end: z.enum(['top', 'bottom']),
  size: z.int().min(1).max(MAX_BOARD_SIZE),
});

const changeAnnounceSchema = open({
  ...requestEnvelope,
  kind: z.literal('change-announce'),
  announce: z.boolean(),
});

/** Everything the bot may ask of svc. */
export const requestSchema = z.discriminatedUnion('kind', [
  changeKarmaSchema,
  checkKarmaSchema,
  checkBoardSchema,
  changeAnnounceSchema,
]);

export type ChangeKarma = z.infer<typeof changeKarmaSchema>;
export type CheckKarma = z.infer<typeof checkKarmaSchema>;
export type CheckBoard = z.infer<typeof checkBoardSchema>;
export type ChangeAnnounce = z.infer<typeof changeAnnounceSchema>;
export type Request = z.infer<typeof requestSchema>;
export type RequestKind = Request['kind'];
