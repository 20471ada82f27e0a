import { counted, type Judgements, type Ledger, totalKey, totalsOf, undoneIn } from './counted';
import type { AnsweredTotal, BotMessage, Evidence, Finding, LedgerRow } from './evidence';
import type { Model, Said } from './model';
import { reactionTo } from './place-rules';
import { type Step, whyNoSequence } from './running-totals';

const SENTENCE = /^(.+) has (-?\d+) karma\.(?: \(That counts as ([+−]\d+)\.\))?$/;
const ANNOUNCED_EMOJI = '✅';

/** A line of a reply: a total, and by how much it changed where that is said. */
interface Line extends AnsweredTotal {
  readonly clampedTo?: string | undefined;
}

/** The totals in a reply; undefined when it has another form. */
function totalsIn(content: string): Line[] | undefined {
  const totals: Line[] = [];
  for (const line of content.split('\n')) {
    const [, display, karma, clampedTo] = SENTENCE.exec(line) ?? [];
    if (display === undefined || karma === undefined) return undefined;
    totals.push({ display, karma, clampedTo });
  }
  return totals;
}

/** What the bot said, by the message it replied to; '' for what is no reply. */
function repliesIn(evidence: Evidence): Map<string, BotMessage[]> {
  return Map.groupBy(evidence.messages, ({ replyToId }) => replyToId ?? '');
}

/** Whether what comes of changes must be shown. In a moody guild that depends on when they were applied, which the ledger knows. */
function isAnnounced(model: Model, { id, guildId }: Said, ledger: Ledger): boolean {
  const { profile } = model.place(guildId);
  if (profile === 'moody') return ledger.get(id)?.announce ?? true;
  return profile !== 'quiet';
}

/** Whether a message must be replied to: changes, if any counts. */
function isReplyDue(model: Model, said: Said, ledger: Ledger, judgements: Judgements): boolean {
  switch (said.effect.kind) {
    case 'karma':
    case 'board':
    case 'undo':
      return true;
    case 'change':
      return counted(judgements.get(said.id)).length > 0 && isAnnounced(model, said, ledger);
    default:
      return false;
  }
}

function sameTotals(a: readonly AnsweredTotal[], b: readonly AnsweredTotal[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ display, karma }, index) => display === b[index]?.display && karma === b[index]?.karma)
  );
}

/** By how much each of the changes counted, where the reply must say it. */
function dueClamps(judgements: Judgements, { id }: Said): (string | undefined)[] {
  return counted(judgements.get(id)).map(({ delta, isClamped }) =>
    isClamped ? `${delta > 0 ? '+' : '−'}${Math.abs(delta)}` : undefined,
  );
}

/** What is replied to an undo. */
function undoText({ totals = [], undoes }: LedgerRow): string {
  if (totals.length > 0)
    return ['Undone.', ...totals.map(({ display, karma }) => `${display} has ${karma} karma.`)].join('\n');
  const why = undoes === undefined ? 'You changed nothing here lately' : 'That is undone already';
  return `${why}, so there is nothing to undo.`;
}

function whyWrongText(
  said: Said,
  reply: BotMessage,
  row: LedgerRow | undefined,
  judgements: Judgements,
): string | undefined {
  if (reply.channelId !== said.channelId) return `replied in channel ${reply.channelId}`;
  const { effect } = said;
  if (effect.kind === 'board') return undefined;
  if (effect.kind === 'undo')
    return row && undoText(row) !== reply.content ? `replied "${reply.content}"` : undefined;
  const totals = totalsIn(reply.content);
  if (totals === undefined) return `replied "${reply.content}"`;
  const changes = counted(judgements.get(said.id));
  const asked = effect.kind === 'karma' ? effect.subjects : changes.map(({ subject }) => subject);
  const names = totals.map(({ display }) => display);
  if (names.join('\n') !== asked.join('\n')) return `was about ${asked}, the reply about ${names}`;
  if (row?.totals && !sameTotals(row.totals, totals)) return 'the reply is not the one in the ledger';
  const clamps = effect.kind === 'karma' ? totals.map(() => undefined) : dueClamps(judgements, said);
  const wrong = totals.findIndex(({ clampedTo }, index) => clampedTo !== clamps[index]);
  if (wrong !== -1)
    return `the reply says that it counts as ${totals[wrong]?.clampedTo}, it is ${clamps[wrong]}`;
  return undefined;
}

/** Whether every message has exactly the reply it must have, with its own totals, and nothing else was said. */
export function verifyReplies(
  model: Model,
  evidence: Evidence,
  ledger: Ledger,
  judgements: Judgements,
): Finding[] {
  const findings: Finding[] = [];
  const replies = repliesIn(evidence);
  for (const said of model.said.values()) {
    const given = replies.get(said.id) ?? [];
    replies.delete(said.id);
    const { id, content } = said;
    const due = isReplyDue(model, said, ledger, judgements);
    const [first] = given;
    if (!due) {
      if (first) findings.push({ kind: 'reply-unasked', problem: `"${content}" got a reply`, ids: [id] });
      continue;
    }
    // Whether the reply to a deleted message is still posted depends on when it was deleted.
    if (!first && model.deleted.has(id)) continue;
    if (!first) {
      findings.push({ kind: 'reply-missing', problem: `"${content}" got no reply`, ids: [id] });
      continue;
    }
    if (given.length > 1) {
      const problem = `"${content}" got ${given.length} replies: ${given.map((reply) => reply.content).join(' | ')}`;
      findings.push({ kind: 'reply-twice', problem, ids: [id] });
    }
    const why = whyWrongText(said, first, ledger.get(id), judgements);
    if (why !== undefined) findings.push({ kind: 'reply-wrong', problem: `"${content}": ${why}`, ids: [id] });
  }
  for (const [replyToId, strays] of replies) {
    const problem = `the bot said "${strays.map(({ content }) => content).join(' | ')}" to nobody`;
    findings.push({ kind: 'reply-unasked', problem, ids: [replyToId] });
  }
  return findings;
}

/** The totals of a message: those of its reply, else those of the ledger. */
function answeredTotals(
  said: Said,
  replies: ReadonlyMap<string, readonly BotMessage[]>,
  row: LedgerRow | undefined,
): readonly AnsweredTotal[] {
  const [reply] = replies.get(said.id) ?? [];
  return (reply && totalsIn(reply.content)) ?? row?.totals ?? [];
}

/** Whether the totals of each subject are the running totals of one sequence of changes. */
export function verifyRunningTotals(
  model: Model,
  evidence: Evidence,
  ledger: Ledger,
  judgements: Judgements,
): Finding[] {
  const replies = repliesIn(evidence);
  const steps = new Map<string, Step[]>();
  const add = (guildId: string, subject: string, step: Step) => {
    const key = totalKey(guildId, subject);
    const list = steps.get(key) ?? [];
    list.push(step);
    steps.set(key, list);
  };
  for (const said of model.said.values()) {
    const totals = answeredTotals(said, replies, ledger.get(said.id));
    for (const { subject, delta } of counted(judgements.get(said.id))) {
      const karma = totals.find(({ display }) => display === subject)?.karma;
      // A change without a reply has its own finding; here it leaves the gap that it is.
      if (karma === undefined) continue;
      add(said.guildId, subject, { id: said.id, delta: BigInt(delta), total: BigInt(karma) });
    }
  }
  for (const { by, target, changes } of undoneIn(model, ledger, judgements)) {
    for (const { subject, delta } of changes) {
      const karma = by.totals?.find(({ display }) => display === subject)?.karma;
      if (karma !== undefined)
        add(target.guildId, subject, { id: by.id, delta: BigInt(-delta), total: BigInt(karma) });
    }
  }
  const findings: Finding[] = [];
  const ends = totalsOf(model, ledger, judgements);
  for (const [key, list] of steps) {
    const why = whyNoSequence(list, ends.get(key) ?? 0n);
    if (why) findings.push({ kind: 'running-totals', problem: `${key}: ${why.problem}`, ids: why.ids });
  }
  return findings;
}

/** The reaction that a message must have, '' for none: a confirmation, or why none of its changes counts. */
function dueReaction(model: Model, said: Said, ledger: Ledger, judgements: Judgements): string {
  if (said.effect.kind === 'announce') return ANNOUNCED_EMOJI;
  if (model.deleted.has(said.id)) return '';
  const judged = judgements.get(said.id) ?? [];
  if (counted(judged).length > 0 || !isAnnounced(model, said, ledger)) return '';
  return reactionTo(judged.map(({ verdict }) => verdict));
}

/**
 * Whether every choice about announcements was confirmed by one reaction, every message of which nothing counts has the one that
 * says why, and nothing else was reacted to.
 */
export function verifyReactions(
  model: Model,
  evidence: Evidence,
  ledger: Ledger,
  judgements: Judgements,
): Finding[] {
  const findings: Finding[] = [];
  const reactions = Map.groupBy(evidence.reactions, ({ messageId }) => messageId);
  for (const said of model.said.values()) {
    const { id, content } = said;
    const expected = dueReaction(model, said, ledger, judgements);
    const found = (reactions.get(id) ?? []).map(({ emoji }) => emoji).join(' ');
    if (found !== expected) {
      const problem = `"${content}" has the reaction "${found}", it must be "${expected}"`;
      findings.push({ kind: 'reaction', problem, ids: [id] });
    }
  }
  return findings;
}
