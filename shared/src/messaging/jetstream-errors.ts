import { ErrorCode, NatsError } from 'nats';

/** Why JetStream refused something. @see https://github.com/nats-io/nats-server/blob/main/server/errors.json */
const JETSTREAM_ERRORS = {
  consumerNotFound: 10_014,
  noMessageFound: 10_037,
  streamNameInUse: 10_058,
  streamNotFound: 10_059,
  /** Somebody else has written the subject (the key of a bucket) since, or at all. */
  wrongLastSequence: 10_071,
  consumerExists: 10_148,
} as const;

/** Whether an error is JetStream's refusal for just this reason. */
export function isJetStreamError(error: unknown, reason: keyof typeof JETSTREAM_ERRORS): boolean {
  return error instanceof NatsError && error.api_error?.err_code === JETSTREAM_ERRORS[reason];
}

/** Whether NATS did not let this user ask: denied by its permissions, or by an account that has no way there. */
export function isNotAllowed(error: unknown): boolean {
  return (
    error instanceof NatsError &&
    (error.code === ErrorCode.PermissionsViolation || error.code === ErrorCode.NoResponders)
  );
}
