import type { Results, Verdict } from '../results';
import { compare, ratioOf, rulesRatio } from './ratios';
import { msText, perSecondText, ratioText } from './table';

const MIN_SVC_RATIO = 0.8;
const MIN_CHAT_RATIO = 0.5;
const MIN_BACKLOG_PER_SECOND = 5_000;
const MAX_P99_MS = 25;
const MAX_RESIDENT_MIB = 150;
const MIN_PARSED_PER_SECOND = 300_000;
/** Four times the text may take four times as long, and some noise. */
const MAX_GROWTH = 6;
const MAX_BOARD_RATIO = 3;
/** Of what applying was before there were rules and a journal. */
const MIN_RULES_RATIO = 0.75;
/** Somebody types, and Discord waits 3 s for everything together. */
const MAX_NAMES_P99_MS = 100;
const MAX_HISTORY_MS = 5;
const MAX_KILL_P50_MS = 1_000;
const MAX_KILL_P99_MS = 3_000;
const MAX_KILL_REPLICAS_MS = 300;

function svcVerdict({ paths, layers }: Results): Verdict | undefined {
  const path = paths.find(({ name }) => name === 'svc-1');
  const comparison = path && compare(path, layers);
  return (
    comparison && {
      target: `svc, 1 worker: ≥ ${MIN_SVC_RATIO} of its bare layers one after another`,
      measured: ratioText(comparison.inSeries.ratio),
      met: comparison.inSeries.ratio >= MIN_SVC_RATIO,
    }
  );
}

function chatVerdict({ paths }: Results): Verdict | undefined {
  const chat = paths.find(({ name }) => name === 'chat-silent');
  const svc = paths.find(({ name }) => name === 'svc-1');
  if (chat === undefined || svc === undefined) return undefined;
  const ratio = ratioOf(chat, svc);
  return {
    target: `chat → ledger, announce off: ≥ ${MIN_CHAT_RATIO} of the svc path`,
    measured: ratioText(ratio),
    met: ratio >= MIN_CHAT_RATIO,
  };
}

function answerVerdict({ paths, layers }: Results): Verdict | undefined {
  const path = paths.find(({ name }) => name === 'chat-answered');
  const comparison = path && compare(path, layers);
  return (
    comparison && {
      target: 'chat → answer: as near to REST as it allows (≥ 0.8)',
      measured: ratioText(comparison.slowest.ratio),
      met: comparison.slowest.ratio >= 0.8,
    }
  );
}

function backlogVerdict({ backlog }: Results): Verdict | undefined {
  return (
    backlog && {
      target: `a backlog of ${backlog.requests.toLocaleString('en')}: ≥ ${MIN_BACKLOG_PER_SECOND.toLocaleString('en')}/s`,
      measured: `${perSecondText(backlog.perSecond)}/s`,
      met: backlog.perSecond >= MIN_BACKLOG_PER_SECOND,
    }
  );
}

function latencyVerdicts({ loads }: Results): Verdict[] {
  const slow = [
    ['request → event', loads.svc[0]],
    ['chat → answer', loads.chat[0]],
  ] as const;
  return slow.flatMap(([what, load]) =>
    load === undefined
      ? []
      : [
          {
            target: `${what} at ${load.perSecond}/s: p99 ≤ ${MAX_P99_MS} ms`,
            measured: `${msText(load.latency.p99)} ms`,
            met: load.latency.p99 <= MAX_P99_MS,
          },
        ],
  );
}

function memoryVerdicts({ memory, soak }: Results): Verdict[] {
  return (['bot', 'svc'] as const).flatMap((part) => {
    const seen = [
      ...memory.filter((one) => one.part === part).map(({ residentMib }) => residentMib),
      ...(soak?.memory ?? []).filter((one) => one.part === part).map(({ maxMib }) => maxMib),
    ];
    if (seen.length === 0) return [];
    const most = Math.max(...seen);
    return [
      {
        target: `memory of ${part}: ≤ ${MAX_RESIDENT_MIB} MiB`,
        measured: `${most.toFixed(0)} MiB`,
        met: most <= MAX_RESIDENT_MIB,
      },
    ];
  });
}

function parserVerdicts({ parser }: Results): Verdict[] {
  const [typical] = parser;
  if (typical === undefined) return [];
  const growth = Math.max(...parser.map((one) => one.growth ?? 0));
  return [
    {
      target: `parser: ≥ ${MIN_PARSED_PER_SECOND.toLocaleString('en')} typical messages a second`,
      measured: `${perSecondText(typical.messagesPerSecond)}/s`,
      met: typical.messagesPerSecond >= MIN_PARSED_PER_SECOND,
    },
    {
      target: 'parser: linear on the worst (4 times the text ≤ 6 times the time)',
      measured: `${growth.toFixed(1)} times`,
      met: growth <= MAX_GROWTH,
    },
  ];
}

function boardVerdicts({ boards }: Results): Verdict[] {
  return (['top', 'bottom'] as const).flatMap((end) => {
    const [few, many] = ['few', 'many'].map((size) =>
      boards.find(({ label }) => label === `${end} of ${size}`),
    );
    if (few === undefined || many === undefined) return [];
    const ratio = many.latency.p50 / few.latency.p50;
    return [
      {
        target: `${end} 10 of ${many.subjects.toLocaleString('en')}: ≤ ${MAX_BOARD_RATIO} × that of ${few.subjects.toLocaleString('en')}`,
        measured: `${ratioText(ratio)} ×`,
        met: ratio <= MAX_BOARD_RATIO,
      },
    ];
  });
}

function nameVerdicts({ names }: Results): Verdict[] {
  const through = names?.searches.filter(({ path }) => path !== 'Postgres') ?? [];
  const [slowest] = through.toSorted((one, other) => other.latency.p99 - one.latency.p99);
  if (slowest === undefined) return [];
  return [
    {
      target: `names found among ${slowest.names.toLocaleString('en')}, whatever is looked for: p99 ≤ ${MAX_NAMES_P99_MS} ms`,
      measured: `${msText(slowest.latency.p99)} ms (${slowest.label})`,
      met: slowest.latency.p99 <= MAX_NAMES_P99_MS,
    },
  ];
}

function historyVerdicts({ history }: Results): Verdict[] {
  return (history ?? [])
    .filter(({ label }) => label.endsWith('first page'))
    .map(({ label, changes, latency }) => ({
      target: `history among ${changes.toLocaleString('en')} changes, ${label}: p50 ≤ ${MAX_HISTORY_MS} ms`,
      measured: `${msText(latency.p50)} ms`,
      met: latency.p50 <= MAX_HISTORY_MS,
    }));
}

/** Where others are there to answer: how long the same bot takes to start again is its machine's, and no promise. */
function killVerdicts({ kills }: Results): Verdict[] {
  return kills.flatMap(({ kind, label, first }) => {
    if (kind === 'restarted') return [];
    const [p50, p99] =
      kind === 'replicas' ? [MAX_KILL_REPLICAS_MS, MAX_KILL_REPLICAS_MS] : [MAX_KILL_P50_MS, MAX_KILL_P99_MS];
    return [
      {
        target: `kill to answer, ${label}: p50 ≤ ${p50} ms, p99 ≤ ${p99} ms`,
        measured: `${msText(first.p50)} ms, ${msText(first.p99)} ms`,
        met: first.p50 <= p50 && first.p99 <= p99,
      },
    ];
  });
}

function growthVerdicts({ growth }: Results): Verdict[] {
  return growth
    .filter(({ atLeast }) => atLeast !== undefined)
    .map(({ label, ratio, atLeast = 0 }) => ({
      target: `applying does not grow dearer: ${label} (≥ ${ratioText(atLeast)})`,
      measured: ratioText(ratio),
      met: ratio >= atLeast,
    }));
}

function rulesVerdicts({ rules }: Results): Verdict[] {
  return rules.map((cost) => {
    const ratio = rulesRatio(cost);
    return {
      target: `rules and journal, ${cost.label}: ≥ ${MIN_RULES_RATIO} of applying before there were any`,
      measured: ratioText(ratio),
      met: ratio >= MIN_RULES_RATIO,
    };
  });
}

/** What was promised, what was measured, and whether that holds; of what was not measured nothing. */
export function verdicts(results: Results): Verdict[] {
  const single = [svcVerdict, chatVerdict, answerVerdict, backlogVerdict]
    .map((judge) => judge(results))
    .filter((verdict) => verdict !== undefined);
  const deadlocks: Verdict = {
    target: 'no deadlock in Postgres in the whole run',
    measured: String(results.deadlocks),
    met: results.deadlocks === 0,
  };
  return [
    ...single,
    ...latencyVerdicts(results),
    ...memoryVerdicts(results),
    ...parserVerdicts(results),
    ...boardVerdicts(results),
    ...rulesVerdicts(results),
    ...growthVerdicts(results),
    ...nameVerdicts(results),
    ...historyVerdicts(results),
    ...killVerdicts(results),
    deadlocks,
  ];
}
