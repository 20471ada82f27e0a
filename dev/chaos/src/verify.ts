import { type Judgements, judgeAll, type Ledger, totalKey, totalsOf } from './counted';
import { deletionId, type Evidence, type Finding } from './evidence';
import { isRequest, type Model } from './model';
import { verifyDead } from './verify-dead';
import { verifyFloods } from './verify-floods';
import { verifyJournal } from './verify-journal';
import { verifyLimits } from './verify-limits';
import { verifyReactions, verifyReplies, verifyRunningTotals } from './verify-replies';
import { verifyRules } from './verify-rules';
import { verifyTold } from './verify-told';
import { verifyUndo } from './verify-undo';

function verifyTotals(model: Model, evidence: Evidence, ledger: Ledger, judgements: Judgements): Finding[] {
  const findings: Finding[] = [];
  const expected = totalsOf(model, ledger, judgements);
  const found = new Map(evidence.karma.map((row) => [totalKey(row.guildId, row.subject), row.karma]));
  for (const key of new Set([...expected.keys(), ...found.keys()])) {
    const should = expected.get(key);
    const is = found.get(key);
    if (is === should) continue;
    const problem = `${key}: Postgres has ${is ?? 'no row'}, said was ${should ?? 'nothing'}`;
    findings.push({ kind: 'total', problem, ids: [] });
  }
  return findings;
}

function verifyLedger(model: Model, ledger: Ledger): Finding[] {
  const wanted = [...model.said.values()].filter(({ effect }) =>
    ['change', 'announce', 'undo'].includes(effect.kind),
  );
  const missing = wanted
    .filter((said) => !ledger.has(said.id) && !model.mayBeUnread(said))
    .map(({ id }) => id);
  const deleted = [...model.deleted].flatMap((id) => [id, deletionId(id)]);
  const known = new Set([...wanted.map(({ id }) => id), ...model.chosen, ...deleted]);
  const unasked = [...ledger.keys()].filter((id) => !known.has(id));
  return [
    ...(missing.length === 0
      ? []
      : [{ kind: 'ledger', problem: 'changes are not in the ledger', ids: missing } as const]),
    ...(unasked.length === 0
      ? []
      : [{ kind: 'ledger', problem: 'the ledger has what nobody said', ids: unasked } as const]),
  ];
}

function verifyAnnouncements(model: Model, evidence: Evidence): Finding[] {
  const expected = model.announcements();
  const guildIds = new Set([...expected.keys(), ...evidence.announcements.keys()]);
  return [...guildIds]
    .filter((guildId) => expected.get(guildId) !== evidence.announcements.get(guildId))
    .map((guildId) => {
      const is = evidence.announcements.get(guildId);
      const problem = `guild ${guildId}: announcements are ${is}, last chosen was ${expected.get(guildId)}`;
      return { kind: 'announcement', problem, ids: [] };
    });
}

function verifyPublished(model: Model, evidence: Evidence): Finding[] {
  const missing = [...model.said.values()]
    .filter(
      (said) => isRequest(said.effect) && !model.mayBeUnread(said) && !evidence.requestsInStream.has(said.id),
    )
    .map(({ id }) => id);
  if (missing.length === 0) return [];
  return [{ kind: 'never-published', problem: 'said, and never in the stream of requests', ids: missing }];
}

/** Everything that differs from the model. Empty when all is exact. */
export function verify(model: Model, evidence: Evidence): Finding[] {
  const ledger = new Map(evidence.ledger.map((row) => [row.id, row]));
  const judgements = judgeAll(model, ledger);
  const judged = [...judgements.values()].flat();
  return [
    ...verifyTotals(model, evidence, ledger, judgements),
    ...verifyRunningTotals(model, evidence, ledger, judgements),
    ...verifyLedger(model, ledger),
    ...verifyJournal(model, evidence, ledger, judged),
    ...verifyRules(model, evidence, ledger, judged),
    ...verifyUndo(model, evidence, ledger, judgements),
    ...verifyTold(evidence, ledger),
    ...verifyAnnouncements(model, evidence),
    ...verifyReplies(model, evidence, ledger, judgements),
    ...verifyReactions(model, evidence, ledger, judgements),
    ...verifyDead(model, evidence),
    ...verifyFloods(model, evidence),
    ...verifyLimits(evidence),
    ...verifyPublished(model, evidence),
  ];
}
