import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatHappening, type Timeline } from '@popple/testing/timeline';
import { formatFinding, formatReport } from './report';
import type { Outcome } from './run';

/** Everything known about the messages that the findings name. */
function aboutIds({ findings, model, evidence }: Outcome): string {
  const ids = [...new Set(findings.flatMap((finding) => finding.ids))];
  const about = ids.map((id) => ({
    id,
    said: model.said.get(id) ?? model.poison.get(id),
    timesInRequests: evidence.requestsInStream.get(id) ?? 0,
    timesInEvents: evidence.eventsInStream.get(id) ?? 0,
    ledger: evidence.ledger.find((row) => row.id === id),
    replies: evidence.messages.filter(({ replyToId }) => replyToId === id),
    dead: evidence.dead.filter((letter) => letter.id === id),
  }));
  return JSON.stringify(about, null, 2);
}

/**
 * Writes down what is known of a run that was not exact: findings, the faults as they happened, the messages concerned,
 * and what every process wrote. Returns the folder, which is kept.
 */
export function writeFailure(outcome: Outcome, timeline: Timeline, rerun: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'popple-chaos-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), `${text}\n`);
  write(
    'report.txt',
    [
      `Again: ${rerun}`,
      '',
      formatReport(outcome),
      ...outcome.findings.map(formatFinding),
      '',
      ...timeline.happenings.map(formatHappening),
    ].join('\n'),
  );
  write('messages.json', aboutIds(outcome));
  mkdirSync(join(folder, 'logs'));
  for (const { name, text } of outcome.logs) write(join('logs', `${name}.log`), text);
  return folder;
}
