import type { Ledger } from './counted';
import type { Evidence, Finding, LedgerRow, ToldEvent } from './evidence';

/** What has to be told of a change of karma or of an undo: what the ledger has. Undefined for another kind. */
function dueEvent({ kind, announce, totals = [], verdicts, undoes }: LedgerRow): ToldEvent | undefined {
  if (kind === 'undo' || kind === 'undo-deleted')
    return { kind: 'undone', totals, ...(undoes ? { undoes } : {}) };
  if (kind !== 'change-karma') return undefined;
  if (verdicts === undefined) return { kind: 'karma-changed', announce, totals };
  if (totals.length === 0) return { kind: 'karma-refused', announce, verdicts };
  return { kind: 'karma-changed', announce, totals, verdicts };
}

/** Whether everything that was ever published about a change or an undo says what the ledger says, however often it was. */
export function verifyTold({ told }: Evidence, ledger: Ledger): Finding[] {
  return [...told].flatMap(([id, events]): Finding[] => {
    const row = ledger.get(id);
    const due = row && dueEvent(row);
    if (due === undefined) return [];
    const other = events
      .map(({ kind, announce, totals, verdicts, undoes }) => ({ kind, announce, totals, verdicts, undoes }))
      .find((event) => !Bun.deepEquals(event, due));
    if (other === undefined) return [];
    const problem = `${JSON.stringify(other)} was published, the ledger has ${JSON.stringify(due)}`;
    return [{ kind: 'told', problem, ids: [id] }];
  });
}
