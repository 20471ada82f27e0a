import { checkBoard as query } from '@popple/db/queries/check-board';
import { envelope, handler } from './handler';

/** Draws up a board of the most or the least karma. */
export const checkBoard = handler('check-board', {
  writes: false,
  query,
  toResult: (request, entries) => ({
    event: { ...envelope(request), kind: 'board-checked', end: request.end, entries },
    alreadyApplied: false,
  }),
});
