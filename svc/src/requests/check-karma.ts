import { checkKarma as query } from '@popple/db/queries/check-karma';
import { envelope, handler } from './handler';

/** Says how much karma subjects have. */
export const checkKarma = handler('check-karma', {
  writes: false,
  query,
  toResult: (request, totals) => ({
    event: { ...envelope(request), kind: 'karma-checked', totals },
    alreadyApplied: false,
  }),
});
