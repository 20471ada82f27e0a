import { ACK_WAIT_MS } from '@popple/shared/messaging/topology';
import { CRASH_POINTS, type CrashPoint } from '@popple/shared/process/crash-point';
import type { RestFault } from '../discord/faults/rest-faults';
import { type Fault, type GatewayFault, killsOf, LINKS, type PoisonShape, type Weather } from './fault';
import type { SeededRandom } from './random';

/** A fault and how long to wait before it, counted from when the one before was due. */
export interface Step {
  readonly pauseMs: number;
  readonly fault: Fault;
}

export interface PlanOptions {
  /** How many svc processes there are. */
  readonly workers: number;
  /** Whether the gateway is a victim too. */
  readonly withGateway: boolean;
  /** How many kills, at least; one more when the last fault is two. */
  readonly kills: number;
}

/** Longer than a worker may hold a message without a word: what it holds is given to another while it is frozen. */
const PAST_ACK_WAIT_MS = [ACK_WAIT_MS + 1_000, ACK_WAIT_MS + 6_000] as const;

const SHAPES: readonly PoisonShape[] = [
  'not-json',
  'not-in-contract',
  'unknown-version',
  'wrong-subject',
  'event-not-json',
];

const WEATHERS: readonly Weather[] = ['cut', 'stall', 'blackhole'];

const GATEWAY_FAULTS: readonly GatewayFault[] = [
  'close-4000',
  'drop',
  'reconnect',
  'invalid-session',
  'invalid-session-resumable',
  'silence',
  'refuse-resume',
  'refuse-connections',
];

/** Saying something; the faults are for this and not for asking who one is. */
const POST_MESSAGE = 'POST /channels/\\d+/messages$';

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** The fault that kills a process once and has it die again at this point. */
export function crashFault(random: SeededRandom, workers: number, point: CrashPoint): Fault {
  const common = { kind: 'crash', point, downMs: random.between(50, 1_500) } as const;
  if (point.startsWith('bot:')) return { ...common, who: 'bot', pass: random.between(1, 12) };
  // A batch passes it once, a message of a batch too: high passes would take long to come about.
  return { ...common, who: 'svc', worker: random.between(0, workers - 1), pass: random.between(1, 6) };
}

function restFaults(random: SeededRandom): RestFault[] {
  const match = POST_MESSAGE;
  return [
    {
      match,
      status: 429,
      retryAfterMs: random.between(200, 2_000),
      isGlobal: random.chance(0.3),
      times: random.between(1, 4),
    },
    { match, status: 500, times: random.between(1, 4) },
    { match, status: 502, times: random.between(1, 4) },
    { match, status: 503, times: random.between(3, 8) },
    { match, delayMs: random.between(500, 4_000), times: random.between(1, 4) },
    // Longer than the bot waits for an answer: it is said after the bot gave up and tries again.
    { match, delayMs: random.between(15_500, 19_000) },
    { match, drop: 'after-handling', times: random.between(1, 4) },
    { match, drop: 'after-handling', times: random.between(1, 4) },
    { match, drop: 'before-handling', times: random.between(1, 3) },
  ];
}

function killFaults(random: SeededRandom, workers: number): Fault[] {
  const kind = 'kill' as const;
  const worker = () => random.between(0, workers - 1);
  const downMs = () => random.between(50, 3_000);
  return [
    ...CRASH_POINTS.map((point) => crashFault(random, workers, point)),
    ...times(4, () => ({ kind, who: 'svc', worker: worker(), downMs: downMs() }) as const),
    ...times(2, () => ({ kind, who: 'bot', downMs: downMs() }) as const),
    ...times(3, () => ({ kind, who: 'nats', downMs: downMs() }) as const),
    ...times(2, () => ({ kind, who: 'postgres', downMs: downMs() }) as const),
    { kind: 'kill-backend' },
    { kind: 'kill-in-statement', worker: worker(), downMs: downMs() },
  ];
}

function otherFaults(random: SeededRandom, options: PlanOptions): Fault[] {
  const { workers, withGateway } = options;
  const forMs = () => random.between(500, 6_000);
  const worker = () => random.between(0, workers - 1);
  return [
    ...times(2, () => ({ kind: 'stop', who: 'svc', worker: worker(), forMs: forMs() }) as const),
    { kind: 'stop', who: 'bot', forMs: forMs() },
    { kind: 'stop', who: 'nats', forMs: forMs() },
    { kind: 'stop', who: 'backend', forMs: forMs() },
    { kind: 'terminate-backend', inStatement: true },
    { kind: 'terminate-backend', inStatement: false },
    ...LINKS.flatMap((link) =>
      WEATHERS.map(
        // Two unanswered pings, which is what a blackhole is noticed by, take up to 15 s.
        (weather) => ({ kind: 'link', link, weather, forMs: random.between(2_000, 17_000) }) as const,
      ),
    ),
    { kind: 'link', link: random.pick(LINKS), weather: 'refuse', forMs: random.between(1_000, 5_000) },
    ...restFaults(random).map((fault) => ({ kind: 'rest', fault }) as const),
    ...times(3, () => ({ kind: 'poison', shape: random.pick(SHAPES) }) as const),
    ...(withGateway ? GATEWAY_FAULTS.map((what) => ({ kind: 'gateway', what }) as const) : []),
  ];
}

function longStop(random: SeededRandom, workers: number): Fault {
  const forMs = random.between(...PAST_ACK_WAIT_MS);
  const who = random.pick(['svc', 'svc', 'bot', 'nats', 'backend'] as const);
  if (who === 'svc') return { kind: 'stop', who, worker: random.between(0, workers - 1), forMs };
  return { kind: 'stop', who, forMs };
}

/** Mostly in quick succession, so that faults meet; now and then calm enough for everything to recover. */
function pauseMs(random: SeededRandom): number {
  return random.chance(0.08) ? random.between(4_000, 9_000) : random.between(100, 2_200);
}

/**
 * The faults of a run, drawn from the seed before anything happens. They come in decks that hold every kind, shuffled, so
 * that a run of some length misses none.
 */
export function* planFaults(random: SeededRandom, options: PlanOptions): Generator<Step> {
  let kills = 0;
  while (kills < options.kills) {
    const cards = random.shuffle([
      ...killFaults(random, options.workers),
      ...otherFaults(random, options),
      longStop(random, options.workers),
    ]);
    for (const fault of cards) {
      yield { pauseMs: pauseMs(random), fault };
      kills += killsOf(fault);
      if (kills >= options.kills) return;
    }
  }
}

/** A short plan for the test suite: each crash point once, each server killed once, each link hurt once. */
export function shortPlan(random: SeededRandom, workers: number): Step[] {
  const faults: Fault[] = [
    ...CRASH_POINTS.map((point) => ({ ...crashFault(random, workers, point), pass: random.between(1, 3) })),
    { kind: 'kill', who: 'nats', downMs: random.between(50, 800) },
    { kind: 'kill', who: 'postgres', downMs: random.between(50, 800) },
    { kind: 'kill-in-statement', worker: 0, downMs: 200 },
    { kind: 'terminate-backend', inStatement: true },
    { kind: 'link', link: 'svc-nats', weather: 'cut', forMs: 0 },
    { kind: 'link', link: 'bot-nats', weather: 'cut', forMs: 0 },
    { kind: 'link', link: 'svc-postgres', weather: 'stall', forMs: 2_000 },
    { kind: 'stop', who: 'svc', worker: workers - 1, forMs: 2_000 },
    { kind: 'rest', fault: { match: POST_MESSAGE, drop: 'after-handling', times: 3 } },
    { kind: 'rest', fault: { match: POST_MESSAGE, status: 503, times: 3 } },
    { kind: 'poison', shape: 'not-json' },
    { kind: 'poison', shape: 'event-not-json' },
  ];
  return random.shuffle(faults).map((fault) => ({ pauseMs: random.between(100, 900), fault }));
}
