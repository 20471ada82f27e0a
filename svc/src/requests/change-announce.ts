import { changeAnnounce as query } from '@popple/db/queries/change-announce';
import { envelope, handler } from './handler';

/** Sets whether changes of a server are announced. */
export const changeAnnounce = handler('change-announce', {
  writes: true,
  query,
  toResult: (request, { answer, known }) => ({
    event: { ...envelope(request), kind: 'announce-changed', ...answer },
    alreadyApplied: known,
  }),
});
