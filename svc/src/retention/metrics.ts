import { Counter } from 'prom-client';

export const ledgerRowsPruned = new Counter({
  name: 'popple_svc_ledger_pruned_total',
  help: 'Ledger rows that this worker deleted because they were older than LEDGER_RETENTION.',
});

export const countersPruned = new Counter({
  name: 'popple_svc_counters_pruned_total',
  help: 'Counters of days and minutes that this worker deleted because nothing of that time can be delivered any more.',
});

export const pruningsFailed = new Counter({
  name: 'popple_svc_ledger_prune_failures_total',
  help: 'Attempts at pruning the ledger and counters, or at making partitions of the journal, that failed and are made again later.',
});
