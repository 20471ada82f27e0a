import { z } from 'zod';
import { requestIdSchema, timestampSchema } from './ids';
import { MAX_DELTA } from './limits';
import { open } from './open';

/** Every reason for which a change does not count, in the order of the rules. */
export type Refusal =
  | 'channel'
  | 'giver-blocked'
  | 'giver-opted-out'
  | 'giver-role'
  | 'account-age'
  | 'member-age'
  | 'receiver-bot'
  | 'receiver-blocked'
  | 'receiver-opted-out'
  | 'receiver-role'
  | 'self'
  | 'self-ignored'
  | 'negative'
  | 'negative-without-reason'
  | 'cooldown'
  | 'quota'
  | 'receiver-limit'
  | 'flood'
  | 'deleted';

const countsSchema = open({
  /** By how many points it counts: fewer than were asked for when it was clamped, -1 for praise of oneself. */
  delta: z.int().min(-MAX_DELTA).max(MAX_DELTA),
  /** How many were asked for, where that differs. */
  asked: z.int().min(-MAX_DELTA).max(MAX_DELTA).optional(),
});

/** A change does not count. */
export const refusedSchema = open({
  /** One of `Refusal`, or one that a later release knows. */
  refused: z.string().regex(/^[a-z-]{1,64}$/),
  /** When the same change would count if nothing else happened until then, in milliseconds since the Unix epoch. */
  until: timestampSchema.optional(),
  /** The id of the earlier request because of which it does not. */
  earlier: requestIdSchema.optional(),
});

/** What the rules of a server say of one change of a request. */
export const verdictSchema = z.union([countsSchema, refusedSchema]);

/** A change counts. */
export type Counts = z.infer<typeof countsSchema>;
/** A change does not count. */
export type Refused = z.infer<typeof refusedSchema>;
/** A change does not count, for a reason that this release knows. */
export type RefusedByRule = Refused & { refused: Refusal };
export type Verdict = z.infer<typeof verdictSchema>;

/** Whether a change does not count. */
export const isRefused = (verdict: Verdict): verdict is Refused => 'refused' in verdict;
