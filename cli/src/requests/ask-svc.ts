import type { Query, QueryKind, QueryResponse } from '@popple/shared/contract/query';
import { ask } from '@popple/shared/messaging/ask';
import { OperatorError } from '@popple/shared/process/operator-error';
import type { NatsConnection } from 'nats';

/** Longer than for who types: nobody does. */
const DEADLINE_MS = 5_000;

/**
 * What svc responds to a query, within 5 s. `what` begins the sentence when it does not, such as "The log cannot be read".
 * @throws OperatorError when no svc responds.
 */
export async function askSvc<K extends QueryKind>(
  connection: NatsConnection,
  query: Query<K> & { kind: K },
  what: string,
): Promise<QueryResponse<K>> {
  const asked = await ask<K>(connection, query, DEADLINE_MS);
  if (asked.ok) return asked.response;
  const why = asked.reason === 'no-responders' ? 'no svc runs' : asked.detail;
  throw new OperatorError(`${what}: ${why}`);
}
