import { applyKarma } from '@popple/db/queries/apply-karma';
import { envelope, handler } from './handler';

/** Gives karma and takes it. */
export const changeKarma = handler('change-karma', {
  writes: true,
  query: applyKarma,
  toResult: (request, { answer, known }) => ({
    event: { ...envelope(request), kind: 'karma-changed', ...answer },
    alreadyApplied: known,
  }),
});
