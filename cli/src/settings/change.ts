import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Event } from '@popple/shared/contract/event';
import type { ChangeSetting } from '@popple/shared/contract/request';
import type { SettingKey, SettingValue } from '@popple/shared/contract/setting';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import { decodeEvent, encode } from '@popple/shared/messaging/codec';
import type { JetStream } from '@popple/shared/messaging/jetstream';
import { eventSubject, requestSubject } from '@popple/shared/messaging/subjects';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import { ErrorCode, type NatsConnection, NatsError } from 'nats';

const PUB_ACK_TIMEOUT_MS = 5_000;

/** A choice to make for a server; null takes it back. */
export interface Choice {
  guildId: string;
  key: SettingKey;
  value: SettingValue | null;
}

/** The request of a choice, as an operator's. The id is one of its own, so that a choice made twice is two. */
export function changeRequest({ guildId, key, value }: Choice): ChangeSetting {
  return {
    v: CONTRACT_VERSION,
    id: `operator.${randomUUID()}`,
    at: Date.now(),
    guildId,
    origin: { kind: 'operator', who: `${process.env.USER ?? `user ${process.getuid?.()}`}@${hostname()}` },
    kind: 'change-setting',
    key,
    value,
  };
}

/** The event that answers a request, listened for from now on: undefined when it has not come by the deadline. */
async function listenFor(connection: NatsConnection, { id, guildId }: ChangeSetting) {
  const subject = eventSubject({ kind: 'setting-changed', guildId });
  const { promise: event, resolve } = Promise.withResolvers<Event | undefined>();
  let refusal: Error | undefined;
  const subscription = connection.subscribe(subject, {
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
 * Publishes a choice as a durable request, and waits for the event with which svc answers it. False when that does not come
 * within `deadlineMs`: the request is in the stream, and will be applied when svc takes it.
 * @throws OperatorError when these credentials may not do that; NatsError when the stream does not take the request.
 */
export async function change(
  { connection, client }: JetStream,
  request: ChangeSetting,
  { deadlineMs, signal }: { deadlineMs: number; signal: AbortSignal },
): Promise<boolean> {
  try {
    const answer = await listenFor(connection, request);
    await client.publish(requestSubject(request), encode(request), {
      msgID: request.id,
      timeout: PUB_ACK_TIMEOUT_MS,
    });
    return (await answer(deadlineMs, signal)) !== undefined;
  } catch (error) {
    if (!(error instanceof NatsError && error.code === ErrorCode.PermissionsViolation)) throw error;
    throw new OperatorError("These credentials may not change settings: NATS_URL needs the operator's", {
      cause: error,
    });
  }
}
