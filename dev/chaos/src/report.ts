import { isRefused } from '@popple/shared/contract/verdict';
import { ACK_WAIT_MS } from '@popple/shared/messaging/topology';
import { CRASH_POINTS } from '@popple/shared/process/crash-point';
import type { Finding } from './evidence';
import { type Fault, victimOf } from './fault';
import type { Outcome } from './run';

const LABEL_WIDTH = 22;
const FINDINGS_SHOWN = 20;
const IDS_SHOWN = 10;

function line(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, count]) => `${word} ${count}`).join(', ') || 'none';
}

function nameOfOther(fault: Fault): string | undefined {
  switch (fault.kind) {
    case 'forget':
      return `progress of ${fault.side} forgotten`;
    case 'lose-volume':
      return 'volume of NATS lost';
    case 'terminate-backend':
      return fault.inStatement ? 'backend terminated in a statement' : 'backend terminated';
    case 'stop':
      return `${victimOf(fault).split(' ')[0]} stopped${fault.forMs > ACK_WAIT_MS ? ' past ack_wait' : ''}`;
    case 'link':
      return `${fault.link} ${fault.condition}`;
    case 'rest':
      return `REST ${fault.fault.status ?? fault.fault.drop ?? 'delay'}`;
    case 'flood':
      return 'flood';
    case 'outage':
      return 'outage of a guild';
    case 'unreadable-channel':
      return `unreadable channel ${fault.status}`;
    case 'long-doubt':
      return 'REST doubt of over a minute';
    case 'gateway':
      return `gateway ${fault.what}`;
    case 'poison':
      return 'poison';
    default:
      return undefined;
  }
}

/** How many processes a run killed. */
export function killCount({ kills }: Outcome): number {
  return kills.svc + kills.bot + kills.nats + kills.postgres;
}

/** A finding on one line. */
export function formatFinding({ kind, problem, ids }: Finding): string {
  if (ids.length === 0) return `${kind}: ${problem}`;
  const more = ids.length > IDS_SHOWN ? ` and ${ids.length - IDS_SHOWN} more` : '';
  return `${kind}: ${problem} [${ids.slice(0, IDS_SHOWN).join(', ')}${more}]`;
}

function formatFindings(findings: readonly Finding[]): string[] {
  const hidden = findings.length - FINDINGS_SHOWN;
  return [
    ...findings.slice(0, FINDINGS_SHOWN).map((finding) => `  ${formatFinding(finding)}`),
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
  ];
}

/** The figures of a run and its verdict, in lines for a person. */
export function formatReport(outcome: Outcome): string {
  const { kills, injected, crashes, model, evidence, counts, findings } = outcome;
  const hits = injected.filter(({ hit }) => hit).map(({ fault }) => fault);
  const reached = crashes.filter((crash) => crash.reached).map(({ point }) => point);
  const changes = [...model.said.values()].filter(({ effect }) => effect.kind === 'change');
  const undone = evidence.ledger.filter(
    ({ undoes, totals = [] }) => undoes !== undefined && totals.length > 0,
  );
  const refusals = evidence.ledger.flatMap(({ verdicts = [] }) => verdicts.filter(isRefused));
  const copies = [...evidence.eventsInStream.values()].reduce((sum, count) => sum + count - 1, 0);
  return [
    line(
      'kills',
      `${killCount(outcome)}: svc ${kills.svc}, bot ${kills.bot}, NATS ${kills.nats}, Postgres ${kills.postgres}`,
    ),
    line(
      'at a named point',
      CRASH_POINTS.map((point) => `${point} ${reached.filter((it) => it === point).length}`).join(', '),
    ),
    line('other faults', tally(hits.flatMap((fault) => nameOfOther(fault) ?? []))),
    line('missed', String(injected.length - hits.length + crashes.length - reached.length)),
    line('ended by itself', String(outcome.endedByItself)),
    line('messages', `${model.said.size}, of which ${changes.length} to change karma`),
    line(
      'changes',
      `${evidence.journal.filter(({ undoes }) => !undoes).length} counted; refused: ${tally(refusals.map(({ refused }) => refused))}`,
    ),
    line(
      'taken back',
      `${tally(undone.map(({ kind }) => kind))}, of ${model.deleted.size} messages that were deleted`,
    ),
    line('replies', `${evidence.messages.length} replies, ${evidence.reactions.length} reactions`),
    line('dead letters', `${evidence.dead.length}, all on purpose unless said below`),
    line('redeliveries', `${outcome.redelivered} or more`),
    line(
      'duplicates dropped',
      `at least ${counts.droppedByStream} by the stream, ${counts.droppedByLedger} by the ledger, ` +
        `${counts.droppedByMemory} by the bot's memory; ${outcome.droppedByNonce} by Discord's nonce`,
    ),
    line('events stored again', String(copies)),
    line('past the token limit', `${evidence.globallyLimited} of ${evidence.requests} requests to Discord`),
    line('longest stall', inSeconds(outcome.longestStallMs)),
    line('duration', inSeconds(outcome.durationMs)),
    '',
    findings.length === 0
      ? 'Exact: every total, every reply, every dead letter.'
      : `NOT EXACT: ${findings.length} findings`,
    ...formatFindings(findings),
    '',
  ].join('\n');
}
