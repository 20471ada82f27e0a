import { Counter, Histogram } from 'prom-client';

export const requestsHandled = new Counter({
  name: 'popple_svc_requests_total',
  help: 'Requests by kind and outcome: applied, known (already in the ledger) or dead (put on POPPLE_DEAD); the kind of what svc does not know is none.',
  labelNames: ['kind', 'outcome'] as const,
});

export const requestsGivenBack = new Counter({
  name: 'popple_svc_requests_given_back_total',
  help: 'Requests given back to the stream because Postgres or NATS was not usable.',
});

export const newerRequests = new Counter({
  name: 'popple_svc_newer_requests_total',
  help: 'Requests of a later contract version, each time one was given back for a newer svc.',
});

export const redeliveries = new Counter({
  name: 'popple_svc_redeliveries_total',
  help: 'Requests that came a second time or later.',
});

export const duplicateEvents = new Counter({
  name: 'popple_svc_duplicate_events_total',
  help: 'Events that the stream had already and dropped.',
});

export const batchSize = new Histogram({
  name: 'popple_svc_batch_size',
  help: 'Requests handled together.',
  buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
});

export const databaseSeconds = new Histogram({
  name: 'popple_svc_database_seconds',
  help: 'How long Postgres took for the requests of one kind in a batch.',
  labelNames: ['kind'] as const,
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});
