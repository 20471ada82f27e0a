import type { Ledger } from './counted';
import type { Evidence, Finding, LedgerRow, ToldEvent } from './evidence';

/** What has to be told of a change of karma: what the ledger has. */
function dueEvent({ announce, totals = [], verdicts }: LedgerRow): ToldEvent {
  if (verdicts === undefined) return { kind: 'karma-changed', announce, totals };
  if (totals.length === 0) return { kind: 'karma-refused', announce, verdicts };
  return { kind: 'karma-changed', announce, totals, verdicts };
}

/** Whether everything that was ever published about a change says what the ledger says, however often it was. */
export function verifyTold({ told }: Evidence, ledger: Ledger): Finding[] {
  return [...told].flatMap(([id, events]): Finding[] => {
    const row = ledger.get(id);
    if (row?.kind !== 'change-karma') return [];
    const due = dueEvent(row);
    const other = events
      .map(({ kind, announce, totals, verdicts }) => ({ kind, announce, totals, verdicts }))
      .find((event) => !Bun.deepEquals(event, due));
    if (other === undefined) return [];
    const problem = `${JSON.stringify(other)} was published, the ledger has ${JSON.stringify(due)}`;
    return [{ kind: 'told', problem, ids: [id] }];
  });
}
