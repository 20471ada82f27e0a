import { registry } from '@popple/shared/observability/metrics';
import { Counter } from 'prom-client';

export const ledgerRowsPruned = new Counter({
  name: 'popple_svc_ledger_pruned_total',
  help: 'Ledger rows that this worker deleted because they were older than LEDGER_RETENTION.',
  registers: [registry],
});

export const pruningsFailed = new Counter({
  name: 'popple_svc_ledger_prune_failures_total',
  help: 'Attempts at pruning the ledger that failed and are made again later.',
  registers: [registry],
});
