import { describeError } from '@popple/shared/observability/log';
import type { NatsError } from 'nats';

/** What NATS says is wrong. What JetStream refuses comes with a number for a message, and the words beside it. */
export function describeNatsError(error: NatsError): string {
  return error.api_error?.description ?? describeError(error);
}
