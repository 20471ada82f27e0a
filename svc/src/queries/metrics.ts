import { Counter, Histogram } from 'prom-client';

export const queries = new Counter({
  name: 'popple_svc_queries_total',
  help: 'Queries by kind and outcome: served, malformed (not in the contract), failed (Postgres refused or was late) or busy (too many in hand).',
  labelNames: ['kind', 'outcome'] as const,
});

export const querySeconds = new Histogram({
  name: 'popple_svc_query_seconds',
  help: 'How long a query that was served took, from its receipt to its response.',
  labelNames: ['kind'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1],
});
