import { describeDuration } from '@popple/shared/config/describe-duration';
import { STREAMS } from '@popple/shared/messaging/topology';
import { RETENTION_MARGIN_MS } from '@popple/svc/retention/ledger-bound';
import { type JetStreamClient, type JetStreamManager, millis } from 'nats';
import { deleteLetter, takeLetter } from './dead-stream';
import { destinationOf } from './destination';

export interface RedriveContext {
  client: JetStreamClient;
  manager: JetStreamManager;
  /** How long the ledger remembers, LEDGER_RETENTION. */
  ledgerRetentionMs: number;
}

/**
 * What came of redriving a letter:
 * - `redriven`: its stream has it again, at `sequence`, and the letter is gone.
 * - `there`: its stream had a later copy already, at `sequence` (somebody was killed between redriving and deleting); the
 *   letter is gone.
 * - `too-soon`: its stream dropped it as a duplicate, because it remembers the id of the original for `windowMs`; the
 *   letter stays.
 * - `refused`: it cannot be redriven, for that reason; the letter stays.
 * - `gone`: there is no such letter, or no longer.
 */
export type Redriven =
  | { outcome: 'redriven' | 'there'; subject: string; sequence: number }
  | { outcome: 'too-soon'; stream: string; windowMs: number }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'gone' };

const PUB_ACK_TIMEOUT_MS = 5_000;

/**
 * Why a request must not be delivered once more, if it must not: the ledger could forget it while it waits in its stream.
 */
async function tooOld(context: RedriveContext, atMs: number): Promise<string | undefined> {
  const { config } = await context.manager.streams.info(STREAMS.requests);
  const keptMs = config.max_age > 0 ? millis(config.max_age) : Number.POSITIVE_INFINITY;
  const ageMs = Date.now() - atMs;
  if (ageMs + keptMs + RETENTION_MARGIN_MS <= context.ledgerRetentionMs) return undefined;
  const kept = Number.isFinite(keptMs) ? `for ${describeDuration(keptMs)}` : 'indefinitely';
  return (
    `its request was made ${new Date(atMs).toISOString()}, POPPLE_REQUESTS would keep it ${kept} ` +
    `from now, and the ledger remembers what was applied for ${describeDuration(context.ledgerRetentionMs)} only ` +
    '(LEDGER_RETENTION): it could count twice'
  );
}

/**
 * Publishes a letter's payload to the subject it came from, under its own id, and deletes the letter when the stream has
 * it. In this order: killed in between, the letter is still there, and redriving it again does no harm, for the stream
 * knows its id for some minutes, and the ledger (or the bot's memory of replies) after that.
 *
 * A stream also remembers the id of the original. Within that window it takes the redriven copy for the original sent
 * twice, drops it and says so: deleting the letter then would lose it. Which of the two it is shows in the sequence that
 * the stream answers with: that of the original, or of a later copy.
 * @throws NatsError when NATS cannot be asked or its stream is full; the letter is then still there.
 */
export async function redrive(context: RedriveContext, number: number): Promise<Redriven> {
  const { client, manager } = context;
  const found = await takeLetter(manager, number);
  if (found === undefined) return { outcome: 'gone' };
  const { letter, message } = found;
  const destination = destinationOf(letter, message.data);
  if ('refusal' in destination) return { outcome: 'refused', reason: destination.refusal };
  const { subject, id, atMs } = destination;
  if (subject.startsWith('popple.request.') && atMs !== undefined) {
    const reason = await tooOld(context, atMs);
    if (reason !== undefined) return { outcome: 'refused', reason };
  }
  const stored = await client.publish(subject, message.data, { msgID: id, timeout: PUB_ACK_TIMEOUT_MS });
  const isLater =
    stored.stream === letter.stream && letter.sequence !== undefined && stored.seq > letter.sequence;
  if (stored.duplicate && !isLater) {
    const { config } = await manager.streams.info(stored.stream);
    return { outcome: 'too-soon', stream: stored.stream, windowMs: millis(config.duplicate_window) };
  }
  await deleteLetter(manager, number);
  return { outcome: stored.duplicate ? 'there' : 'redriven', subject, sequence: stored.seq };
}
