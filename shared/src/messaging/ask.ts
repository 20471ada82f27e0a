import { ErrorCode, type NatsConnection, NatsError, ServiceError } from 'nats';
import { z } from 'zod';
import { QUERIES, type Query, type QueryKind, type QueryResponse } from '../contract/query';
import { describeError } from '../observability/log';
import { querySubject } from './subjects';

/** How long a response is waited for: somebody is typing. */
export const QUERY_DEADLINE_MS = 1_000;

/** Why a query has no response. */
export type NoResponseReason =
  /** No svc runs, or none that serves this kind. */
  | 'no-responders'
  /** Not within the deadline: svc or Postgres is busy, or NATS is away. */
  | 'timeout'
  /** svc could not serve it; `detail` says why. */
  | 'failed'
  /** What came is no response of this kind and version. */
  | 'malformed';

/** What a query came to. */
export type Asked<K extends QueryKind> =
  | { ok: true; response: QueryResponse<K> }
  | { ok: false; reason: NoResponseReason; detail: string };

const nothing = (reason: NoResponseReason, detail: string) => ({ ok: false, reason, detail }) as const;

function readResponse<K extends QueryKind>(kind: K, text: string): Asked<K> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return nothing('malformed', describeError(error));
  }
  const result = QUERIES[kind].response.safeParse(json);
  if (!result.success) return nothing('malformed', z.prettifyError(result.error));
  return { ok: true, response: result.data };
}

/**
 * Asks svc, by plain NATS request and reply: any one worker responds, and nothing is stored or sent again. For what changes
 * nothing and may be lost. Resolves within `deadlineMs`; never rejects.
 */
export async function ask<K extends QueryKind>(
  connection: NatsConnection,
  query: Query<K> & { kind: K },
  deadlineMs = QUERY_DEADLINE_MS,
): Promise<Asked<K>> {
  try {
    const message = await connection.request(querySubject(query.kind), JSON.stringify(query), {
      timeout: deadlineMs,
    });
    const error = ServiceError.toServiceError(message);
    if (error !== null) return nothing('failed', error.message);
    return readResponse(query.kind, message.string());
  } catch (error) {
    const isAbsent = error instanceof NatsError && error.code === ErrorCode.NoResponders;
    return nothing(isAbsent ? 'no-responders' : 'timeout', describeError(error));
  }
}
