import { snowflakeAt } from '@popple/shared/contract/ids';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import { nextChatStep, spree } from '../chat-step';
import {
  type AnsweredTotal,
  type BotMessage,
  type BotReaction,
  type DeadRecord,
  deletionId,
  type Evidence,
  type JournalRow,
  type KarmaRow,
  type LedgerRow,
} from '../evidence';
import { Model, type Said } from '../model';
import { dayOf, memberIn, minuteOf, RULES, reactionTo, staticVerdict } from '../place-rules';
import { SeededRandom } from '../random';
import { FULL_SUBJECT, MOST_KARMA, type Topology } from '../topology';
import { UNDO_WINDOW_MS } from '../verify-undo';

export const topology: Topology = {
  botId: '1000',
  people: ['2000', '2001'],
  newcomers: Array.from({ length: 40 }, (_, index) => String(2100 + index)),
  robots: ['1000', '1001'],
  places: (['loud', 'quiet', 'moody', 'curious', 'limited'] as const).map((profile, index) => ({
    profile,
    guildId: `300${index}`,
    channelIds: [`400${index}`],
    chatterId: `500${index}`,
  })),
};

/** The first message is written shortly before a day ends where small limits hold. */
const BEGIN_MS = dayOf(Date.UTC(2026, 10, 25), RULES.limited.timeZone).end - 60_000;
const BETWEEN_MS = 400;

/** So many messages that were said one after the other, and some poison. Some of the messages are deleted, if that is wanted. */
export function modelOf(lines: number, deletes = false): Model {
  const random = new SeededRandom('3');
  const model = new Model(topology.places, topology.robots);
  const deletions = random.fork('deletions');
  while (model.said.size < lines) {
    for (const step of random.chance(0.02) ? spree(random, topology) : [nextChatStep(random, topology)]) {
      const said = { id: snowflakeAt(BEGIN_MS + BETWEEN_MS * model.said.size), ...step };
      model.write(said);
      const mayGo = model.place(said.guildId).profile !== 'loud' && said.effect.kind === 'change';
      if (mayGo && deletes && deletions.chance(0.08)) model.deleted.add(said.id);
    }
  }
  model.inject({ id: 'poison-1', shape: 'wrong-subject' });
  return model;
}

/** What came of a message, to be taken back. */
interface TakenBack {
  readonly id: string;
  readonly rows: readonly JournalRow[];
}

/** Decides one change after the other, and keeps what counted. */
class Rulebook {
  readonly journal: JournalRow[] = [];
  readonly #undone = new Set<string>();

  /** Takes back what a message changed, unless that is done already. */
  takeBack(targetId: string, by: { id: string; at: number }): TakenBack {
    const rows = this.journal.filter(({ id, undoes }) => id === targetId && !undoes);
    if (this.#undone.has(targetId) || rows.length === 0) return { id: targetId, rows: [] };
    this.#undone.add(targetId);
    const reversed = rows.map((row) => {
      return { ...row, ...by, nth: null, delta: -row.delta, reason: null, undoes: targetId };
    });
    this.journal.push(...reversed);
    return { id: targetId, rows: reversed };
  }

  /** The newest message by which a member changed something in a guild, undone or not. */
  newest({ authorId, guildId }: Said, since: number): string | undefined {
    return this.journal.findLast(
      (row) => row.giverId === authorId && row.guildId === guildId && row.at >= since && !row.undoes,
    )?.id;
  }

  forgetReasons(id: string): void {
    for (const [index, row] of this.journal.entries())
      if (row.id === id) this.journal[index] = { ...row, reason: null };
  }

  /** What comes of the changes of a message. */
  judge(model: Model, said: Said, at: number): Verdict[] {
    if (said.effect.kind !== 'change') return [];
    return said.effect.changes.map((change, index) => {
      const rules = RULES[model.place(said.guildId).profile];
      const foreseen = staticVerdict(rules, said.authorId, change, model.robots);
      if (isRefused(foreseen)) return foreseen;
      const refusal = this.#refusal(said, change.subject, at, rules);
      if (refusal !== undefined) return refusal;
      const day = dayOf(at, rules.timeZone).label;
      const given = this.#count((row) => row.giverId === said.authorId && row.day === day, said.guildId);
      this.journal.push({
        id: said.id,
        place: index + 1,
        guildId: said.guildId,
        giverId: said.authorId,
        nth: rules.quota > 0 ? given + 1 : null,
        subject: change.subject,
        delta: foreseen.delta,
        at,
        day,
        reason: change.reason ?? null,
      });
      return foreseen;
    });
  }

  #count(isIt: (row: JournalRow) => boolean, guildId: string): number {
    return this.journal.filter((row) => row.guildId === guildId && !row.undoes && isIt(row)).length;
  }

  #refusal(
    { authorId, guildId }: Said,
    subject: string,
    at: number,
    { cooldownMs, quota, receiverLimit, flood, timeZone }: (typeof RULES)['loud'],
  ): Verdict | undefined {
    const day = dayOf(at, timeZone);
    const minute = minuteOf(at);
    const last = this.journal.findLast(
      (row) => row.guildId === guildId && row.giverId === authorId && row.subject === subject && !row.undoes,
    );
    if (memberIn(subject) !== undefined && last !== undefined && at - last.at < cooldownMs)
      return { refused: 'cooldown', until: last.at + cooldownMs, earlier: last.id };
    const isFull = (most: number, isIt: (row: JournalRow) => boolean) =>
      most > 0 && this.#count(isIt, guildId) >= most;
    if (isFull(quota, (row) => row.giverId === authorId && row.day === day.label))
      return { refused: 'quota', until: day.end };
    if (isFull(receiverLimit, (row) => row.subject === subject && row.day === day.label))
      return { refused: 'receiver-limit', until: day.end };
    if (isFull(flood, (row) => minuteOf(row.at).label === minute.label))
      return { refused: 'flood', until: minute.end };
    return undefined;
  }
}

/** A line of a reply. */
function lineOf(display: string, total: bigint, verdict: Verdict): string {
  const line = `${display} has ${total} karma.`;
  if (isRefused(verdict) || verdict.asked === undefined) return line;
  return `${line} (That counts as ${verdict.delta > 0 ? '+' : '−'}${Math.abs(verdict.delta)}.)`;
}

/** What is replied to an undo. */
function undoReply(totals: readonly AnsweredTotal[], undoes: string | undefined): string {
  if (totals.length > 0)
    return ['Undone.', ...totals.map(({ display, karma }) => `${display} has ${karma} karma.`)].join('\n');
  if (undoes === undefined) return 'You changed nothing here lately, so there is nothing to undo.';
  return 'That is undone already, so there is nothing to undo.';
}

/** What a Popple without fault leaves behind, handling everything in the order it was said. */
export function perfect(model: Model) {
  const karma = new Map<string, KarmaRow>();
  const ledger: LedgerRow[] = [];
  const messages: BotMessage[] = [];
  const reactions: BotReaction[] = [];
  const dead: DeadRecord[] = [{ id: 'poison-1', origin: 'request', reason: 'wrong-subject' }];
  const announcements = new Map<string, boolean>();
  const rulebook = new Rulebook();
  for (const { guildId, profile } of topology.places) {
    if (profile === 'quiet') announcements.set(guildId, false);
    if (profile === 'curious')
      karma.set(`${guildId}/${FULL_SUBJECT}`, { guildId, subject: FULL_SUBJECT, karma: BigInt(MOST_KARMA) });
  }
  const reply = (id: string, channelId: string, content: string) =>
    messages.push({ id: String(BigInt(id) + 1n), channelId, replyToId: id, content });
  const requestsInStream = new Map<string, number>();
  const addUp = ({ rows }: TakenBack) =>
    rows.map(({ guildId, subject, delta }) => {
      const key = `${guildId}/${subject}`;
      const row = { guildId, subject, karma: (karma.get(key)?.karma ?? 0n) + BigInt(delta) };
      karma.set(key, row);
      return { display: subject, karma: String(row.karma) };
    });
  /** Takes a message back that was deleted after it was handled. */
  const takeBackDeleted = (id: string, at: number) => {
    const taken = rulebook.takeBack(id, { id: deletionId(id), at });
    rulebook.forgetReasons(id);
    requestsInStream.set(deletionId(id), 1);
    if (taken.rows.length === 0) return;
    const row = { id: deletionId(id), kind: 'undo-deleted', at, totals: addUp(taken), undoes: id };
    ledger.push({ ...row, announce: true });
  };
  let deletions = 0;
  let at = BEGIN_MS - BETWEEN_MS;
  for (const said of model.said.values()) {
    const { id, guildId, channelId, effect } = said;
    at += BETWEEN_MS;
    const isDeleted = model.deleted.has(id);
    // One after the other: deleted when it counted, before that, and before any bot read it.
    deletions += isDeleted ? 1 : 0;
    if (isDeleted && deletions % 3 === 0) continue;
    requestsInStream.set(id, 1);
    if (isDeleted && deletions % 3 === 1) {
      const claimed = { kind: 'change-karma', totals: [], announce: false };
      ledger.push({ id, ...claimed, at, verdicts: [{ refused: 'deleted' }] });
      const row = { id: deletionId(id), kind: 'undo-deleted', at, totals: [], undoes: id };
      ledger.push({ ...row, announce: true });
      requestsInStream.set(deletionId(id), 1);
      continue;
    }
    if (effect.kind === 'change') {
      const verdicts = rulebook.judge(model, said, at);
      const lines: string[] = [];
      const totals = effect.changes.flatMap(({ subject }, index) => {
        const verdict = verdicts[index];
        if (verdict === undefined || isRefused(verdict)) return [];
        const key = `${guildId}/${subject}`;
        const row = { guildId, subject, karma: (karma.get(key)?.karma ?? 0n) + BigInt(verdict.delta) };
        karma.set(key, row);
        lines.push(lineOf(subject, row.karma, verdict));
        return [{ display: subject, karma: String(row.karma) }];
      });
      const announce = announcements.get(guildId) ?? true;
      const isAsAsked = verdicts.every((verdict) => !isRefused(verdict) && verdict.asked === undefined);
      ledger.push({ id, kind: 'change-karma', totals, announce, verdicts: isAsAsked ? undefined : verdicts });
      if (announce && totals.length > 0) reply(id, channelId, lines.join('\n'));
      if (announce && totals.length === 0 && !isDeleted)
        reactions.push({ messageId: id, emoji: reactionTo(verdicts) });
      if (isDeleted) takeBackDeleted(id, at + 1);
    } else if (effect.kind === 'undo') {
      const undoes = rulebook.newest(said, at - UNDO_WINDOW_MS);
      const totals = undoes === undefined ? [] : addUp(rulebook.takeBack(undoes, { id, at }));
      ledger.push({ id, kind: 'undo', at, totals, undoes, announce: true });
      reply(id, channelId, undoReply(totals, undoes));
    } else if (effect.kind === 'announce') {
      announcements.set(guildId, effect.announce);
      ledger.push({ id, kind: 'change-setting', totals: undefined, announce: effect.announce });
      reactions.push({ messageId: id, emoji: '✅' });
    } else if (effect.kind === 'karma') {
      reply(id, channelId, effect.subjects.map((subject) => `${subject} has 7 karma.`).join('\n'));
    } else if (effect.kind === 'board') {
      reply(id, channelId, '1. ada has 3 karma.');
    } else if (effect.kind === 'refused') {
      dead.push({ id, origin: 'request', reason: 'refused-by-postgres' });
    }
  }
  const ids = new Map([...model.said.keys()].map((id) => [id, 1]));
  const quiet = topology.places.find(({ profile }) => profile === 'quiet')?.guildId ?? '';
  announcements.delete(quiet);
  return {
    karma: [...karma.values()],
    ledger,
    journal: rulebook.journal,
    told: new Map(),
    messages,
    reactions,
    dead,
    announcements,
    requestsInStream,
    eventsInStream: ids,
    requests: 1_000,
    globallyLimited: 0,
    botStarts: 2,
  } satisfies Evidence;
}
