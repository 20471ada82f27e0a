import { QUERY_VERSION } from '@popple/shared/contract/query';
import { ask, QUERY_DEADLINE_MS } from '@popple/shared/messaging/ask';
import { type Finding, ok, skipped, wrong } from '@popple/shared/operator/finding';
import type { NatsConnection } from 'nats';

const CHECK = 'svc: queries';

/**
 * Checks that a svc serves queries, by one that finds nothing. No svc at all is nothing wrong: it may not be started yet
 * (with accounts, nats-server 2.9 cannot tell it from one that is late). Never throws. Takes 1 s at most.
 */
export async function checkQueries(connection: NatsConnection): Promise<Finding> {
  const sentAtMs = Date.now();
  const asked = await ask<'find-subjects'>(connection, {
    v: QUERY_VERSION,
    kind: 'find-subjects',
    guildId: '1',
    text: 'doctor',
    limit: 1,
  });
  if (asked.ok) return ok(CHECK, `responds in ${Date.now() - sentAtMs} ms`);
  if (asked.reason === 'no-responders') return skipped(CHECK, 'no svc runs');
  if (asked.reason === 'timeout') {
    const about = `no response within ${QUERY_DEADLINE_MS} ms: ${asked.detail}`;
    const advice =
      'Does svc run? If so, look at its logs: it or Postgres is overloaded, or NATS has an older accounts.conf.';
    return wrong(CHECK, about, advice);
  }
  const advice =
    'Look at the logs of svc; is it of the same release as this tool, and its database migrated?';
  return wrong(CHECK, asked.detail, advice);
}
