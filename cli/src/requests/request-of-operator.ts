import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Event } from '@popple/shared/contract/event';
import type { Request } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import { decodeEvent, encode } from '@popple/shared/messaging/codec';
import type { JetStream } from '@popple/shared/messaging/jetstream';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import { ErrorCode, type NatsConnection, NatsError } from 'nats';

const PUB_ACK_TIMEOUT_MS = 5_000;

/** Longer than a worker needs to take over from one that was killed. */
export const APPLY_DEADLINE_MS = 10_000;

/** What a request of an operator has beside what it asks. The id is one of its own, so that what is asked twice is done twice. */
export function operatorEnvelope(guildId: string) {
  const who = `${process.env.USER ?? `user ${process.getuid?.()}`}@${hostname()}`;
  return {
    v: CONTRACT_VERSION,
    id: `operator.${randomUUID()}`,
    at: Date.now(),
    guildId,
    origin: { kind: 'operator', who },
  } as const;
}

/** The event that answers a request, listened for from now on: undefined when it has not come by the deadline. */
async function listenFor(connection: NatsConnection, { id, guildId }: Request) {
  const { promise: event, resolve } = Promise.withResolvers<Event | undefined>();
  let refusal: Error | undefined;
  const subscription = connection.subscribe(`popple.event.*.${guildId}`, {
    callback: (error, message) => {
      if (error !== null) {
        refusal = error;
        return;
      }
      const decoded = decodeEvent(message.data, message.subject);
      if (decoded.ok && decoded.message.id === id) resolve(decoded.message);
    },
  });
  // The server answers in order: a refusal comes before the answer to the flush.
  await connection.flush();
  if (refusal !== undefined) throw refusal;
  return async (deadlineMs: number, signal: AbortSignal): Promise<Event | undefined> => {
    void pause(deadlineMs, signal).then(() => resolve(undefined));
    const answer = await event;
    subscription.unsubscribe();
    return answer;
  };
}

/**
 * Publishes a durable request, and waits for the event with which svc answers it. Undefined when that does not come within
 * `APPLY_DEADLINE_MS`: the request is in the stream, and will be applied when svc takes it.
 * @throws OperatorError when these credentials may not do that; NatsError when the stream does not take the request.
 */
export async function publishAndWait(
  { connection, client }: JetStream,
  request: Request,
  signal: AbortSignal,
): Promise<Event | undefined> {
  try {
    const answer = await listenFor(connection, request);
    await client.publish(requestSubject(request), encode(request), {
      msgID: request.id,
      timeout: PUB_ACK_TIMEOUT_MS,
    });
    return await answer(APPLY_DEADLINE_MS, signal);
  } catch (error) {
    if (!(error instanceof NatsError && error.code === ErrorCode.PermissionsViolation)) throw error;
    throw new OperatorError("These credentials may not do that: NATS_URL needs the operator's", {
      cause: error,
    });
  }
}

/** What to tell the person about a request that is stored and not applied yet. */
export function notAppliedYet({ id }: Request): string {
  return (
    `It is stored as request ${id}, and svc has not applied it within ${APPLY_DEADLINE_MS / 1_000} s. ` +
    'Does svc run? It is applied as soon as svc takes it; do not repeat it.'
  );
}
