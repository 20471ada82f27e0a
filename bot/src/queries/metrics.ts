import { Counter } from 'prom-client';

export const queriesAsked = new Counter({
  name: 'popple_bot_queries_total',
  help: 'Queries by kind and outcome: answered, no-responders (no svc), timeout (no response within a second), failed (svc could not serve it) or malformed (the response).',
  labelNames: ['kind', 'outcome'] as const,
});
