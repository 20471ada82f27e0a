import { QUERY_VERSION } from '@popple/shared/contract/query';
import { ask } from '@popple/shared/messaging/ask';
import type { NatsConnection } from 'nats';
import type { FactsWanted } from '../intake/rule-facts';
import { queriesAsked } from './metrics';

/** Which facts the rules of a server look at; undefined when svc does not say it within a second. Never rejects. */
export async function listFacts(
  connection: NatsConnection,
  guildId: string,
): Promise<FactsWanted | undefined> {
  const asked = await ask<'list-facts'>(connection, { v: QUERY_VERSION, kind: 'list-facts', guildId });
  queriesAsked.inc({ kind: 'list-facts', outcome: asked.ok ? 'answered' : asked.reason });
  return asked.ok ? asked.response : undefined;
}
