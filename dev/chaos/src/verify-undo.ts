import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { counted, type Judgements, type Ledger, type Undone, undoneIn } from './counted';
import { deletionId, type Evidence, type Finding, type JournalRow, type LedgerRow } from './evidence';
import type { Model, Said } from './model';

/** For how long members can undo, where nobody chose otherwise. */
export const UNDO_WINDOW_MS = 300_000;

const undo = (problem: string, ...ids: string[]): Finding => ({ kind: 'undo', problem, ids });

/** What has to be in the journal where a message was taken back: its own rows with the opposite sign. */
function dueRows(rows: readonly JournalRow[], by: LedgerRow): JournalRow[] {
  return rows.map((row) => ({
    ...row,
    ...{ id: by.id, nth: null, delta: -row.delta, at: by.at ?? 0, reason: null, undoes: row.id },
  }));
}

const inOrder = (a: JournalRow, b: JournalRow) => a.place - b.place;

/** Whether every message was taken back once at most, whole, and by whom the ledger says. */
function verifyTakenBack({ journal }: Evidence, undone: readonly Undone[]): Finding[] {
  const findings: Finding[] = [];
  const rows = Map.groupBy(journal, ({ id, undoes }) => (undoes ? `${id} undoes ${undoes}` : id));
  const taken = new Set<string>();
  for (const { by, target } of undone) {
    if (taken.has(target.id)) findings.push(undo(`"${target.content}" was undone twice`, target.id, by.id));
    taken.add(target.id);
    const key = `${by.id} undoes ${target.id}`;
    const found = rows.get(key) ?? [];
    rows.delete(key);
    const due = dueRows(rows.get(target.id) ?? [], by);
    if (due.length > 0 && Bun.deepEquals(found.toSorted(inOrder), due.toSorted(inOrder))) continue;
    const problem = `"${target.content}" is undone by ${JSON.stringify(found)}, it must be by ${JSON.stringify(due)}`;
    findings.push(undo(problem, target.id, by.id));
  }
  for (const { id, undoes } of [...rows.values()].flat()) {
    if (undoes) findings.push(undo('the journal undoes what the ledger does not', id, undoes));
  }
  return findings;
}

/** What an undo is about, and when members saw what came of messages. */
interface Context {
  readonly model: Model;
  readonly judgements: Judgements;
  /** Messages that were taken back. */
  readonly taken: ReadonlySet<string>;
  /** The id of the first reply to each message. */
  readonly repliedBy: ReadonlyMap<string, string>;
}

const isOlder = (one: string, other: string): boolean => BigInt(one) < BigInt(other);

/** Whether an undo may take a message back. */
function isCandidate(said: Said, asked: Said, { judgements }: Context): boolean {
  return (
    said.authorId === asked.authorId &&
    said.guildId === asked.guildId &&
    // What was written in the same millisecond has the same time, which is all that svc compares.
    snowflakeTimeMs(said.id) <= snowflakeTimeMs(asked.id) &&
    snowflakeTimeMs(asked.id) - snowflakeTimeMs(said.id) <= UNDO_WINDOW_MS &&
    counted(judgements.get(said.id)).length > 0
  );
}

/** Why an undo may not have come to what the ledger says; undefined when it may. */
function whyWrongUndo(asked: Said, { totals = [], undoes }: LedgerRow, context: Context): string | undefined {
  const { model, taken, repliedBy } = context;
  const target = undoes === undefined ? undefined : model.said.get(undoes);
  if (undoes !== undefined && (target === undefined || !isCandidate(target, asked, context)))
    return `${undoes} is no change that may be undone`;
  if (undoes !== undefined && totals.length === 0 && !taken.has(undoes)) return `nobody undid ${undoes}`;
  // Workers may come to an undo before they come to a change; not before one that was replied to when it was written.
  const passed = [...model.said.values()].find(
    (said) =>
      isCandidate(said, asked, context) &&
      (target === undefined || isOlder(target.id, said.id)) &&
      isOlder(repliedBy.get(said.id) ?? asked.id, asked.id),
  );
  return passed && `it passed over ${passed.id}, which had its reply`;
}

/** Why a deleted message may not be as it is; undefined when it may. */
function whyWrongDeletion(
  deleted: Said,
  { requestsInStream, told }: Evidence,
  { judgements, taken }: Context,
): string | undefined {
  const id = deletionId(deleted.id);
  if (!requestsInStream.has(id) || taken.has(deleted.id)) return undefined;
  if (counted(judgements.get(deleted.id)).length === 0) return undefined;
  const noticedAt = told.get(id)?.[0]?.at ?? 0;
  return noticedAt - snowflakeTimeMs(deleted.id) > UNDO_WINDOW_MS ? undefined : 'it still counts';
}

/**
 * Whether every undo took back a message that it could, none that was nearer was passed over, and no deleted message counts of
 * which svc was notified. Messages are taken back once, whoever asks.
 */
export function verifyUndo(
  model: Model,
  evidence: Evidence,
  ledger: Ledger,
  judgements: Judgements,
): Finding[] {
  const undone = undoneIn(model, ledger, judgements);
  const replies = evidence.messages.toSorted((a, b) => (isOlder(a.id, b.id) ? 1 : -1));
  const context: Context = {
    model,
    judgements,
    taken: new Set(undone.map(({ target }) => target.id)),
    repliedBy: new Map(replies.map(({ replyToId, id }) => [replyToId ?? '', id])),
  };
  const findings = verifyTakenBack(evidence, undone);
  for (const said of model.said.values()) {
    const row = ledger.get(said.id);
    const why =
      said.effect.kind === 'undo' && row !== undefined ? whyWrongUndo(said, row, context) : undefined;
    if (why !== undefined) findings.push(undo(`an undo is wrong: ${why}`, said.id));
    if (!model.deleted.has(said.id)) continue;
    const wrong = whyWrongDeletion(said, evidence, context);
    if (wrong !== undefined) findings.push(undo(`"${said.content}" was deleted, and ${wrong}`, said.id));
  }
  return findings;
}
