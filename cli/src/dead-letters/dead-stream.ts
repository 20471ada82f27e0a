import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import { STREAMS } from '@popple/shared/messaging/topology';
import { type JetStreamManager, NatsError, type StoredMsg } from 'nats';
import { type Letter, readLetter } from './letter';

/** A letter with everything that is in it. */
export interface WholeLetter {
  letter: Letter;
  message: StoredMsg;
}

/**
 * The letter of that number; undefined when there is none (any more).
 * @throws NatsError when NATS cannot be asked.
 */
export async function takeLetter(
  manager: JetStreamManager,
  number: number,
): Promise<WholeLetter | undefined> {
  try {
    const message = await manager.streams.getMessage(STREAMS.dead, { seq: number });
    const { seq: sequence, subject, time: storedAt, header: headers } = message;
    return { letter: readLetter({ sequence, subject, storedAt, headers }), message };
  } catch (error) {
    if (isJetStreamError(error, 'noMessageFound')) return undefined;
    throw error;
  }
}

/**
 * Deletes a letter; false when it was gone already.
 * @throws NatsError when it is still there, or NATS cannot be asked.
 */
export async function deleteLetter(manager: JetStreamManager, number: number): Promise<boolean> {
  try {
    return await manager.streams.deleteMessage(STREAMS.dead, number);
  } catch (error) {
    // What the server says about a sequence that is not there differs from version to version.
    if (!(error instanceof NatsError) || error.api_error === undefined) throw error;
    if ((await takeLetter(manager, number)) !== undefined) throw error;
    return false;
  }
}

/** How many letters there are of each reason. */
export async function reasonsInStream(manager: JetStreamManager): Promise<Map<string, number>> {
  const { state } = await manager.streams.info(STREAMS.dead, { subjects_filter: '>' });
  const reasons = new Map<string, number>();
  for (const [subject, count] of Object.entries(state.subjects ?? {})) {
    const reason = subject.split('.')[3] ?? '?';
    reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }
  return reasons;
}
