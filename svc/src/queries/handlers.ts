import type { Database } from '@popple/db/client';
import { findSubjects } from '@popple/db/queries/find-subjects';
import { readAudit } from '@popple/db/queries/read-audit';
import { readSettings } from '@popple/db/queries/read-settings';
import { QUERY_VERSION, type Query, type QueryKind, type QueryResponse } from '@popple/shared/contract/query';
import { factsWanted } from '../rules/facts-wanted';
import type { RulesOf } from '../rules/settings';
import type { NameIndexer } from './name-indexer';

/** What queries are served with. */
export interface QueryContext {
  database: Database;
  indexer: NameIndexer;
  rulesOf: RulesOf;
}

/** How svc serves each kind of query. A kind of the contract that is missing here does not compile. */
export const QUERY_HANDLERS: {
  readonly [K in QueryKind]: (context: QueryContext, query: Query<K>) => Promise<QueryResponse<K>>;
} = {
  'find-subjects': async ({ database, indexer }, query) => {
    indexer.consider(query.guildId);
    return { v: QUERY_VERSION, kind: 'subjects-found', displays: await findSubjects(database, query) };
  },
  'list-settings': async ({ database }, { guildId }) => ({
    v: QUERY_VERSION,
    kind: 'settings-listed',
    settings: await readSettings(database, guildId),
  }),
  'list-facts': async ({ database, rulesOf }, { guildId }) => {
    const chosen = await readSettings(database, guildId);
    const rules = rulesOf(Object.fromEntries(chosen.map(({ key, value }) => [key, value])));
    return { v: QUERY_VERSION, kind: 'facts-listed', ...factsWanted(rules) };
  },
  'read-audit': async ({ database }, query) => ({
    v: QUERY_VERSION,
    kind: 'audit-read',
    entries: await readAudit(database, query),
  }),
};
