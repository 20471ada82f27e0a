import { MAX_SUBJECT_LENGTH } from '@popple/shared/contract/limits';
import type { Request } from '@popple/shared/contract/request';

/** What a stream keeps beside the payload of a message: its subject, its id and the record's frame. */
const STORED_BESIDE_BYTES = 150;
/** What an event has for each entry beside the text: field names, and a total of up to 20 digits. */
const EVENT_ENTRY_BYTES = 48;
/** The longest text of an entry: a UTF-16 code unit is at most three bytes. */
const LONGEST_TEXT_BYTES = 3 * MAX_SUBJECT_LENGTH;

/** What a board of this size may be as an event, in bytes, when every name on it is as long as can be. */
export function boardCostBytes(size: number): number {
  return STORED_BESIDE_BYTES + size * (EVENT_ENTRY_BYTES + LONGEST_TEXT_BYTES);
}

/**
 * How many bytes of a stream a request takes at most, in POPPLE_REQUESTS or, as the event that answers it, in
 * POPPLE_EVENTS, whichever is more: `top 100` is a short request whose event may be 40 kB. `dataBytes` is the length of
 * its payload.
 */
export function requestCostBytes(request: Request, dataBytes: number): number {
  if (request.kind === 'check-board') return boardCostBytes(request.size);
  const entries =
    'changes' in request ? request.changes.length : 'subjects' in request ? request.subjects.length : 0;
  return STORED_BESIDE_BYTES + dataBytes + entries * EVENT_ENTRY_BYTES;
}
