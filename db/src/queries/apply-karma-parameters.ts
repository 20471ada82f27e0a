import { channelIdOf, userIdOf } from '@popple/shared/contract/origin';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { choiceOf, SETTINGS } from '@popple/shared/contract/setting';
import { isRefused, type Verdict } from '@popple/shared/contract/verdict';
import type { KarmaChange } from '../answer';
import { plainArray, textArray } from '../array-literal';
import type { Decision, GuildSettings, JudgedChange } from '../judging';

/**
 * The changes of a request as the ledger keeps them: without what only the rules needed, and with by how much each counts
 * where that is not its delta.
 */
function toKept(changes: ChangeKarma['changes'], counts: readonly number[]): readonly KarmaChange[] {
  const isAsSent = changes.every(
    ({ delta, receiver }, index) => receiver === undefined && counts[index] === delta,
  );
  if (isAsSent) return changes;
  return changes.map(({ receiver: _, ...change }, index) =>
    counts[index] === change.delta ? change : { ...change, counts: counts[index] ?? 0 },
  );
}

/** By how much each change of a request counts: 0 for one that is refused. @throws RangeError without a verdict for each. */
function countsOf({ id, changes }: ChangeKarma, judged: readonly JudgedChange[]): number[] {
  if (judged.length !== changes.length)
    throw new RangeError(`request ${id} has ${changes.length} changes and ${judged.length} verdicts`);
  return judged.map(({ verdict }) => (isRefused(verdict) ? 0 : verdict.delta));
}

/** Whether a server wants its changes announced. */
function isAnnounced(settings: GuildSettings | undefined): boolean {
  return (settings && choiceOf('announce', settings)) ?? SETTINGS.announce.fallback;
}

/** A request as its server lets it be kept: rules have looked at the reasons of its changes, whatever becomes of them. */
function asKept(request: ChangeKarma, settings: GuildSettings | undefined): ChangeKarma {
  if (settings === undefined || choiceOf('reasons', settings) !== 'off') return request;
  return { ...request, changes: request.changes.map(({ reason: _, ...change }) => change) };
}

/** A subject, and what a batch adds to it. */
interface Sum {
  guildId: string;
  subject: string;
  display: string;
  delta: number;
}

/** A change that counts. */
interface Counting {
  /** The place of its request in the batch, from 1. */
  request: number;
  /** Its own place in the request, from 1. */
  place: number;
  delta: number;
  reason: string | undefined;
  judged: JudgedChange;
  sum: Sum;
  /** What its subject has been given in the batch, this change included. */
  soFar: number;
}

/** The changes that count, in order, and the sum of each subject, in order of first appearance. */
class Batch {
  readonly changes: Counting[] = [];
  readonly sums = new Map<string, Sum>();

  add(
    { guildId, changes }: ChangeKarma,
    request: number,
    counts: readonly number[],
    judged: readonly JudgedChange[],
  ): void {
    for (const [index, { subject, display, reason }] of changes.entries()) {
      const delta = counts[index];
      const own = judged[index];
      if (!delta || own === undefined) continue;
      const sum = this.#sumOf(guildId, subject, display);
      sum.delta += delta;
      this.changes.push({ request, place: index + 1, delta, reason, judged: own, sum, soFar: sum.delta });
    }
  }

  #sumOf(guildId: string, subject: string, display: string): Sum {
    const key = `${guildId} ${subject}`;
    const known = this.sums.get(key);
    if (known !== undefined) return known;
    const sum = { guildId, subject, display, delta: 0 };
    this.sums.set(key, sum);
    return sum;
  }
}

/**
 * The parameters of APPLY_KARMA for a batch that was decided.
 * @throws RangeError when a change has no verdict.
 */
export function toParameters(
  requests: readonly ChangeKarma[],
  decision: Decision,
  settings: ReadonlyMap<string, GuildSettings>,
): string[] {
  const { counters, pairs } = decision;
  const batch = new Batch();
  const kept: (readonly KarmaChange[])[] = [];
  /** What an answer has beside its totals: most often each change counts as it was asked for, and there is nothing to say. */
  const more: { verdicts?: readonly Verdict[] }[] = [];
  for (const [index, sent] of requests.entries()) {
    const request = asKept(sent, settings.get(sent.guildId));
    const judged = decision.changes.get(request.id) ?? [];
    const counts = countsOf(request, judged);
    kept.push(toKept(request.changes, counts));
    const isAsAsked = request.changes.every(({ delta }, place) => delta === counts[place]);
    more.push(isAsAsked ? {} : { verdicts: judged.map(({ verdict }) => verdict) });
    batch.add(request, index + 1, counts, judged);
  }
  const { changes } = batch;
  const sums = [...batch.sums.values()];
  return [
    textArray(requests.map(({ id }) => id)),
    plainArray(requests.map(({ at }) => at)),
    plainArray(requests.map(({ guildId }) => guildId)),
    plainArray(requests.map(({ origin }) => channelIdOf(origin))),
    plainArray(requests.map(({ origin }) => userIdOf(origin))),
    plainArray(requests.map(({ guildId }) => isAnnounced(settings.get(guildId)))),
    JSON.stringify(kept),
    JSON.stringify(more),
    plainArray(changes.map(({ request }) => request)),
    plainArray(changes.map(({ place }) => place)),
    plainArray(changes.map(({ sum }) => sum.guildId)),
    textArray(changes.map(({ sum }) => sum.subject)),
    plainArray(changes.map(({ delta }) => delta)),
    plainArray(changes.map(({ sum, soFar }) => sum.delta - soFar)),
    textArray(changes.map(({ reason }) => reason)),
    plainArray(changes.map(({ judged }) => judged.day)),
    plainArray(changes.map(({ judged }) => judged.nth)),
    plainArray(pairs.map(({ guildId }) => guildId)),
    plainArray(pairs.map(({ giverId }) => giverId)),
    textArray(pairs.map(({ subject }) => subject)),
    plainArray(pairs.map(({ at }) => at)),
    textArray(pairs.map(({ id }) => id)),
    plainArray(pairs.map(({ version }) => version)),
    plainArray(counters.map(({ period }) => period)),
    plainArray(counters.map(({ guildId }) => guildId)),
    textArray(counters.map(({ scope }) => scope)),
    textArray(counters.map(({ key }) => key)),
    plainArray(counters.map(({ count }) => count)),
    plainArray(counters.map(({ bound }) => bound)),
    plainArray(sums.map(({ guildId }) => guildId)),
    textArray(sums.map(({ subject }) => subject)),
    textArray(sums.map(({ display }) => display)),
    plainArray(sums.map(({ delta }) => delta)),
  ];
}
