import type { DeadRecord, Evidence, Finding } from './evidence';
import type { PoisonShape } from './fault';
import type { Model } from './model';

/** The reason for which each shape of poison is dead-lettered. */
const REASONS: Record<PoisonShape, Pick<DeadRecord, 'origin' | 'reason'>> = {
  'not-json': { origin: 'request', reason: 'not-json' },
  'not-in-contract': { origin: 'request', reason: 'not-in-contract' },
  'unknown-version': { origin: 'request', reason: 'unknown-version' },
  'wrong-subject': { origin: 'request', reason: 'wrong-subject' },
  'event-not-json': { origin: 'event', reason: 'not-json' },
};

/** Whether exactly what is unreadable or refused was dead-lettered, each once, with its reason. */
export function verifyDead(model: Model, evidence: Evidence): Finding[] {
  const findings: Finding[] = [];
  const dead = Map.groupBy(evidence.dead, ({ id }) => id);
  const due = new Map<string, Pick<DeadRecord, 'origin' | 'reason'>>();
  for (const { id, shape } of model.poison.values()) due.set(id, REASONS[shape]);
  for (const { id, effect } of model.said.values()) {
    if (effect.kind === 'refused') due.set(id, { origin: 'request', reason: 'refused-by-postgres' });
  }
  for (const [id, { origin, reason }] of due) {
    const letters = dead.get(id) ?? [];
    dead.delete(id);
    const should = `${origin} ${reason}`;
    if (letters.length === 0 && model.lostPoison.has(id)) continue;
    if (letters.length === 0) {
      findings.push({ kind: 'dead-missing', problem: `nobody dead-lettered it as ${should}`, ids: [id] });
    } else if (letters.length > (model.refusedAnew.has(id) ? 2 : 1)) {
      findings.push({
        kind: 'dead-twice',
        problem: `it was dead-lettered ${letters.length} times`,
        ids: [id],
      });
    }
    const other = letters.find((letter) => `${letter.origin} ${letter.reason}` !== should);
    if (other) {
      const problem = `it was dead-lettered as ${other.origin} ${other.reason}, not as ${should}`;
      findings.push({ kind: 'dead-unasked', problem, ids: [id] });
    }
  }
  for (const [id, [letter]] of dead) {
    const problem = `it was dead-lettered as ${letter?.origin} ${letter?.reason}, and is good`;
    findings.push({ kind: 'dead-unasked', problem, ids: [id] });
  }
  return findings;
}
