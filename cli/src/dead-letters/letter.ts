import { DEAD_HEADERS } from '@popple/shared/messaging/dead-letter';
import type { MsgHdrs } from 'nats';

/** A dead letter without its payload: where it came from, and why it died. What its headers do not say is undefined. */
export interface Letter {
  /** Its sequence in POPPLE_DEAD, by which it is spoken of. */
  number: number;
  diedAt: Date;
  /** `request` or `event`. */
  origin: string;
  reason: string;
  detail: string | undefined;
  /** The subject it was published to first. */
  subject: string | undefined;
  /** The stream it was in. */
  stream: string | undefined;
  /** Its sequence there. */
  sequence: number | undefined;
  deliveries: number | undefined;
  /** The Nats-Msg-Id it was published with. */
  id: string | undefined;
}

/** A message of POPPLE_DEAD, as far as reading a letter needs it. */
export interface StoredLetter {
  sequence: number;
  subject: string;
  storedAt: Date;
  headers: MsgHdrs | undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** Reads what a message of POPPLE_DEAD says about itself. Never throws: a letter put there by hand is a letter too. */
export function readLetter({ sequence, subject, storedAt, headers }: StoredLetter): Letter {
  const [, , origin = '?', reason = '?'] = subject.split('.');
  const header = (name: string) => headers?.get(name) || undefined;
  const at = new Date(header(DEAD_HEADERS.at) ?? Number.NaN);
  return {
    number: sequence,
    diedAt: Number.isNaN(at.getTime()) ? storedAt : at,
    origin,
    reason: header(DEAD_HEADERS.reason) ?? reason,
    detail: header(DEAD_HEADERS.detail),
    subject: header(DEAD_HEADERS.subject),
    stream: header(DEAD_HEADERS.stream),
    sequence: wholeNumber(header(DEAD_HEADERS.sequence)),
    deliveries: wholeNumber(header(DEAD_HEADERS.deliveries)),
    id: header(DEAD_HEADERS.id),
  };
}
