import type { RestFault } from '@popple/local-discord/faults/rest-faults';
import { ACK_WAIT_MS } from '@popple/shared/messaging/topology';
import { CRASH_POINTS, type CrashPoint } from '@popple/shared/process/crash-point';
import {
  type Condition,
  type Fault,
  type GatewayFault,
  LINKS,
  type LinkName,
  type PartName,
  type PoisonShape,
} from './fault';
import type { SeededRandom } from './random';

/** A fault and how long to wait before it, counted from when the one before was due. */
export interface Step {
  readonly pauseMs: number;
  readonly fault: Fault;
}

export interface PlanOptions {
  /** How many svc processes there are. */
  readonly workers: number;
  readonly bots: number;
  /** Leaves the connection to the gateway alone. */
  readonly sparesGateway: boolean;
}

/**
 * Longer than a worker may hold a message without a word, and than a bot's lease lives (10 s): what it holds is given to
 * another while it is frozen.
 */
const PAST_ACK_WAIT_MS = [ACK_WAIT_MS + 9_000, ACK_WAIT_MS + 14_000] as const;

/** Longer than Discord remembers a nonce here: a reply in hand before must not be made again after. */
const PAST_NONCE_MS = [78_000, 88_000] as const;

/** Longer than a lease lives. */
const PAST_LEASE_MS = [12_000, 20_000] as const;

/** More than all bots together may have in hand: without fairness, what is said elsewhere waits for the excess. */
const FLOOD_MESSAGES = 1_500;

/** Longer than a bot may hold a slot whose gateway it cannot reach. */
const PAST_NOT_READY_MS = [40_000, 50_000] as const;

const SHAPES: readonly PoisonShape[] = [
  'not-json',
  'not-in-contract',
  'unknown-version',
  'wrong-subject',
  'event-not-json',
];

const CONDITIONS: readonly Condition[] = ['cut', 'stall', 'blackhole'];

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

/** Any number of which the remainder names a channel. */
const MANY_CHANNELS = 1_000;

/** Saying something; the faults are for this and not for asking who one is. */
const POST_MESSAGE = 'POST /channels/\\d+/messages$';

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** One of the processes of each part, another each time. */
interface Parts {
  svc(): PartName;
  bot(): PartName;
}

function partsOf(random: SeededRandom, { workers, bots }: Pick<PlanOptions, 'workers' | 'bots'>): Parts {
  return {
    svc: () => ({ who: 'svc', index: random.between(0, workers - 1) }),
    bot: () => ({ who: 'bot', index: random.between(0, bots - 1) }),
  };
}

/** The fault that kills a process once and has it die again at this point. */
function crashFault(random: SeededRandom, parts: Parts, point: CrashPoint): Fault {
  const whom = point.startsWith('bot:') ? parts.bot() : parts.svc();
  // A whole batch passes some points once: high passes would take long to come about.
  return { kind: 'crash', whom, point, pass: random.between(1, 6), downMs: random.between(50, 1_500) };
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
    // Longer than the bot waits for a response: the message is posted after the bot gave up and tries again.
    { match, delayMs: random.between(15_500, 19_000) },
    { match, drop: 'after-handling', times: random.between(1, 4) },
    { match, drop: 'after-handling', times: random.between(1, 4) },
    { match, drop: 'before-handling', times: random.between(1, 3) },
  ];
}

function killFaults(random: SeededRandom, parts: Parts): Fault[] {
  const kind = 'kill' as const;
  const downMs = () => random.between(50, 3_000);
  return [
    ...CRASH_POINTS.map((point) => crashFault(random, parts, point)),
    ...times(4, () => ({ kind, whom: parts.svc(), downMs: downMs() }) as const),
    ...times(2, () => ({ kind, whom: parts.bot(), downMs: downMs() }) as const),
    ...times(2, () => ({ kind, whom: 'nats', downMs: downMs() }) as const),
    { kind: 'forget', side: random.pick(['svc', 'bot'] as const), downMs: downMs() },
    ...times(2, () => ({ kind, whom: 'postgres', downMs: downMs() }) as const),
    { kind: 'lose-volume', downMs: downMs() },
    { kind: 'kill-backend' },
    { kind: 'kill-in-statement', whom: parts.svc(), downMs: downMs() },
  ];
}

function linkFault(
  parts: Parts,
  link: LinkName,
  condition: Condition,
  forMs: number,
  isForAll: boolean,
): Fault {
  const { index } = link.startsWith('bot-') ? parts.bot() : parts.svc();
  return { kind: 'link', link, whose: isForAll ? 'all' : index, condition, forMs };
}

function otherFaults(random: SeededRandom, parts: Parts, sparesGateway: boolean): Fault[] {
  const forMs = () => random.between(500, 6_000);
  return [
    ...times(2, () => ({ kind: 'stop', whom: parts.svc(), forMs: forMs() }) as const),
    { kind: 'stop', whom: parts.bot(), forMs: forMs() },
    { kind: 'stop', whom: 'nats', forMs: forMs() },
    { kind: 'stop', whom: 'backend', forMs: forMs() },
    { kind: 'terminate-backend', inStatement: true },
    { kind: 'terminate-backend', inStatement: false },
    ...LINKS.flatMap((link) =>
      CONDITIONS.map(
        // Two unanswered pings, which is what a blackhole is noticed by, take up to 15 s.
        (condition) => linkFault(parts, link, condition, random.between(2_000, 17_000), random.chance(0.3)),
      ),
    ),
    linkFault(parts, random.pick(LINKS), 'refuse', random.between(1_000, 5_000), random.chance(0.5)),
    ...restFaults(random).map((fault) => ({ kind: 'rest', fault }) as const),
    { kind: 'long-doubt', channel: random.between(0, MANY_CHANNELS) },
    ...times(3, () => ({ kind: 'poison', shape: random.pick(SHAPES) }) as const),
    linkFault(
      parts,
      'bot-nats',
      random.pick(['refuse', 'blackhole']),
      random.between(...PAST_LEASE_MS),
      true,
    ),
    linkFault(
      parts,
      'bot-discord',
      random.pick(['refuse', 'blackhole']),
      random.between(...PAST_NOT_READY_MS),
      false,
    ),
    ...(sparesGateway ? [] : [unreadableChannel(random), outage(random), outage(random)]),
    ...(sparesGateway ? [] : GATEWAY_FAULTS.map((what) => ({ kind: 'gateway', what }) as const)),
  ];
}

function outage(random: SeededRandom): Fault {
  return { kind: 'outage', guild: random.between(0, MANY_CHANNELS), forMs: random.between(1_000, 20_000) };
}

function flood(random: SeededRandom): Fault {
  return { kind: 'flood', channel: random.between(0, MANY_CHANNELS), messages: FLOOD_MESSAGES };
}

function unreadableChannel(random: SeededRandom): Fault {
  return {
    kind: 'unreadable-channel',
    guild: random.between(0, MANY_CHANNELS),
    status: random.pick([400, 403, 404]),
  };
}

function stopPastNonce(random: SeededRandom, parts: Parts): Fault {
  return { kind: 'stop', whom: parts.bot(), forMs: random.between(...PAST_NONCE_MS) };
}

function longStop(random: SeededRandom, parts: Parts): Fault {
  const forMs = random.between(...PAST_ACK_WAIT_MS);
  const whom = random.pick([parts.svc(), parts.svc(), parts.bot(), 'nats', 'backend'] as const);
  return { kind: 'stop', whom, forMs };
}

/** Mostly in quick succession, so that faults meet; now and then calm enough for everything to recover. */
function pauseMs(random: SeededRandom): number {
  return random.chance(0.08) ? random.between(4_000, 9_000) : random.between(100, 2_200);
}

/**
 * The faults of a run, without end, drawn from the seed alone. They come in decks that hold every kind, shuffled, so that a
 * run of some length misses none.
 */
export function* planFaults(random: SeededRandom, options: PlanOptions): Generator<Step, never> {
  const parts = partsOf(random, options);
  // One flood a run: more would be more than Discord lets anybody reply to.
  for (let isFirst = true; ; isFirst = false) {
    const cards = random.shuffle([
      ...killFaults(random, parts),
      ...otherFaults(random, parts, options.sparesGateway),
      longStop(random, parts),
      stopPastNonce(random, parts),
      ...(isFirst ? [flood(random)] : []),
    ]);
    for (const fault of cards) yield { pauseMs: pauseMs(random), fault };
  }
}

/**
 * A short plan for the test suite: each crash point once, each server killed, each consumer's progress forgotten, each link
 * hurt once.
 */
export function shortPlan(random: SeededRandom, options: Pick<PlanOptions, 'workers' | 'bots'>): Step[] {
  const parts = partsOf(random, options);
  const faults: Fault[] = [
    ...CRASH_POINTS.map((point) => crashFault(random, parts, point)),
    { kind: 'kill', whom: 'nats', downMs: random.between(50, 800) },
    { kind: 'forget', side: 'svc', downMs: 100 },
    { kind: 'forget', side: 'bot', downMs: 100 },
    { kind: 'lose-volume', downMs: 100 },
    { kind: 'kill', whom: 'postgres', downMs: random.between(50, 800) },
    { kind: 'kill-in-statement', whom: parts.svc(), downMs: 200 },
    { kind: 'terminate-backend', inStatement: true },
    linkFault(parts, 'svc-nats', 'cut', 0, true),
    linkFault(parts, 'bot-nats', 'cut', 0, true),
    linkFault(parts, 'svc-postgres', 'stall', 2_000, false),
    { kind: 'stop', whom: parts.svc(), forMs: 2_000 },
    { kind: 'rest', fault: { match: POST_MESSAGE, drop: 'after-handling', times: 3 } },
    { kind: 'rest', fault: { match: POST_MESSAGE, status: 503, times: 3 } },
    linkFault(parts, 'bot-discord', 'cut', 0, true),
    unreadableChannel(random),
    { kind: 'outage', guild: random.between(0, MANY_CHANNELS), forMs: 3_000 },
    { kind: 'gateway', what: 'drop' },
    { kind: 'poison', shape: 'not-json' },
    { kind: 'poison', shape: 'event-not-json' },
  ];
  return random.shuffle(faults).map((fault) => ({ pauseMs: random.between(100, 900), fault }));
}
