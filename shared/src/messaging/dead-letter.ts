import { headers, type JetStreamClient, type JsMsg } from 'nats';
import { isJetStreamError } from './jetstream-errors';
import { type DeadOrigin, type DeadReason, deadSubject } from './subjects';

/** Why a message is dead-lettered. */
export interface DeadCause {
  origin: DeadOrigin;
  reason: DeadReason;
  /** What exactly was wrong, for who looks at it later. */
  detail: string;
}

/** The headers of a dead letter; the payload is the original's, byte for byte. */
export const DEAD_HEADERS = {
  reason: 'Popple-Reason',
  detail: 'Popple-Detail',
  subject: 'Popple-Subject',
  stream: 'Popple-Stream',
  sequence: 'Popple-Sequence',
  deliveries: 'Popple-Deliveries',
  at: 'Popple-At',
  id: 'Popple-Id',
} as const;

const MAX_DETAIL_LENGTH = 1_000;

/** Header values are single lines of printable ASCII; the detail may quote what a member wrote. */
function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?').slice(0, MAX_DETAIL_LENGTH);
}

/**
 * Dead-letters a message: stores it on POPPLE_DEAD, and then ends its redelivery. Called again for the same message it stores
 * nothing new for as long as the letter is there: after a crash in between, but also long after the duplicate window, for
 * a nats-server (2.9 at least) that is killed while it writes down how far a consumer has come may forget all of it and
 * deliver everything in the stream again.
 * @throws NatsError when it cannot be stored; the message is then not acked, and is redelivered.
 */
export async function deadLetter(client: JetStreamClient, message: JsMsg, cause: DeadCause): Promise<void> {
  const { stream, streamSequence, timestampNanos, deliveryCount } = message.info;
  const about = headers();
  about.set(DEAD_HEADERS.reason, cause.reason);
  about.set(DEAD_HEADERS.detail, headerSafe(cause.detail));
  about.set(DEAD_HEADERS.subject, message.subject);
  about.set(DEAD_HEADERS.stream, stream);
  about.set(DEAD_HEADERS.sequence, String(streamSequence));
  about.set(DEAD_HEADERS.deliveries, String(deliveryCount));
  about.set(DEAD_HEADERS.at, new Date().toISOString());
  const id = message.headers?.get('Nats-Msg-Id');
  if (id) about.set(DEAD_HEADERS.id, id);
  const subject = deadSubject(cause.origin, cause.reason, { streamSequence, timestampNanos });
  try {
    await client.publish(subject, message.data, { headers: about, expect: { lastSubjectSequence: 0 } });
  } catch (error) {
    if (!isJetStreamError(error, 'wrongLastSequence')) throw error;
  }
  message.term();
}
