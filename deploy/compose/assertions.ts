/** Something a member said: one point for a subject. */
export interface Said {
  /** The message's id. */
  id: string;
  channelId: string;
  subject: string;
}

/** A message of the bot, as the channel shows it. */
export interface Reply {
  replyToId: string | null;
  content: string;
}

/** What was there in the end. */
export interface Found {
  replies: readonly Reply[];
  /** Karma by subject, as Postgres has it. */
  totals: ReadonlyMap<string, number>;
}

const SHOWN = 5;

function some(values: readonly (string | number)[]): string {
  const more = values.length > SHOWN ? `, … (${values.length})` : '';
  return `${values.slice(0, SHOWN).join(', ')}${more}`;
}

function count<T>(values: Iterable<T>): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function checkReplies(said: readonly Said[], replies: readonly Reply[]): string[] {
  const counts = count(replies.map(({ replyToId }) => replyToId));
  const missing = said.filter(({ id }) => !counts.has(id)).map(({ id }) => id);
  const twice = said.filter(({ id }) => (counts.get(id) ?? 0) > 1).map(({ id }) => id);
  const ids = new Set<string | null>(said.map(({ id }) => id));
  const strange = replies.filter(({ replyToId }) => !ids.has(replyToId)).map(({ content }) => content);
  return [
    ...(missing.length > 0 ? [`without a reply: ${some(missing)}`] : []),
    ...(twice.length > 0 ? [`more than one reply: ${some(twice)}`] : []),
    ...(strange.length > 0 ? [`replies to nothing: ${some(strange)}`] : []),
  ];
}

/** The reply to a change has the total at its moment, so the replies about one subject say 1, 2, 3, … in some order. */
function checkRunningTotals(subject: string, said: number, replies: readonly Reply[]): string[] {
  const sentence = new RegExp(`^${subject} has (-?\\d+) karma\\.$`);
  const told = replies.flatMap(({ content }) => {
    const match = sentence.exec(content);
    return match ? [Number(match[1])] : [];
  });
  const times = count(told);
  const wrong = Array.from({ length: said }, (_, index) => index + 1).filter(
    (total) => times.get(total) !== 1,
  );
  return wrong.length > 0 ? [`${subject}: not told exactly once: ${some(wrong)}`] : [];
}

/** What is wrong with what was found, in sentences; nothing when every total and every reply is exact. */
export function compare(said: readonly Said[], { replies, totals }: Found): string[] {
  const findings = checkReplies(said, replies);
  const expected = count(said.map(({ subject }) => subject));
  for (const [subject, total] of expected) {
    const actual = totals.get(subject) ?? 0;
    if (actual !== total)
      findings.push(`${subject} has ${actual} karma in Postgres, and ${total} were given`);
    findings.push(...checkRunningTotals(subject, total, replies));
  }
  for (const subject of totals.keys()) {
    if (!expected.has(subject)) findings.push(`${subject} has karma that nobody gave`);
  }
  return findings;
}
