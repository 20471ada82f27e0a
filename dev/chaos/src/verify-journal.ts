import { isRefused } from '@popple/shared/contract/verdict';
import { firstTotals, type Judged, type Ledger, totalKey } from './counted';
import { deletionId, type Evidence, type Finding, type JournalRow } from './evidence';
import type { Model } from './model';
import { dayOf } from './place-rules';

const keyOf = (id: string, place: number): string => `${id}/${place}`;

/** The row that a change which counts must have. Which of its giver's day it is, is for `verifyRules`. */
function dueRow(
  { said, place, change, rules, at, verdict }: Judged,
  ledger: Ledger,
): Omit<JournalRow, 'nth' | 'undoes'> | undefined {
  if (isRefused(verdict)) return undefined;
  return {
    id: said.id,
    place,
    guildId: said.guildId,
    giverId: said.authorId,
    subject: change.subject,
    delta: verdict.delta,
    at,
    day: dayOf(at, rules.timeZone).label,
    // It is erased with its message.
    reason: ledger.has(deletionId(said.id)) ? null : (change.reason ?? null),
  };
}

function whyWrong(due: object, rows: readonly JournalRow[]): string | undefined {
  const [row] = rows;
  if (row === undefined) return 'is not in the journal';
  if (rows.length > 1) return `is in the journal ${rows.length} times`;
  const { nth: _, undoes: _undoes, ...found } = row;
  if (Bun.deepEquals(found, due)) return undefined;
  return `is ${JSON.stringify(found)} in the journal, not ${JSON.stringify(due)}`;
}

/** Whether the journal has each change that counts, once and as it was said, and no other. */
function verifyRows(judged: readonly Judged[], journal: readonly JournalRow[], ledger: Ledger): Finding[] {
  const findings: Finding[] = [];
  const rows = Map.groupBy(
    journal.filter(({ undoes }) => !undoes),
    ({ id, place }) => keyOf(id, place),
  );
  for (const one of judged) {
    const due = dueRow(one, ledger);
    if (due === undefined) continue;
    const key = keyOf(due.id, due.place);
    const why = whyWrong(due, rows.get(key) ?? []);
    rows.delete(key);
    if (why !== undefined) {
      const problem = `"${one.said.content}" counts, and its change ${one.place} ${why}`;
      findings.push({ kind: 'ledger', problem, ids: [due.id] });
    }
  }
  for (const { id, place, subject } of [...rows.values()].flat()) {
    const problem = `change ${place} of ${subject} is in the journal and must not count`;
    findings.push({ kind: 'ledger', problem, ids: [id] });
  }
  return findings;
}

/** Whether karma is the sum of the journal. */
function verifySums(model: Model, { karma, journal }: Evidence): Finding[] {
  const sums = firstTotals(model);
  for (const { guildId, subject, delta } of journal) {
    const key = totalKey(guildId, subject);
    sums.set(key, (sums.get(key) ?? 0n) + BigInt(delta));
  }
  const totals = new Map(karma.map((row) => [totalKey(row.guildId, row.subject), row.karma]));
  return [...new Set([...sums.keys(), ...totals.keys()])].flatMap((key): Finding[] => {
    const [sum, total] = [sums.get(key), totals.get(key)];
    if (sum === total) return [];
    const problem = `${key}: karma is ${total ?? 'no row'}, the journal adds up to ${sum ?? 'nothing'}`;
    return [{ kind: 'total', problem, ids: [] }];
  });
}

/** Whether the journal is what counted, and karma its sum. */
export function verifyJournal(
  model: Model,
  evidence: Evidence,
  ledger: Ledger,
  judged: readonly Judged[],
): Finding[] {
  return [...verifyRows(judged, evidence.journal, ledger), ...verifySums(model, evidence)];
}
