import type { RestFault } from '@popple/local-discord/faults/rest-faults';
import type { CrashPoint } from '@popple/shared/process/crash-point';

export const LINKS = ['svc-nats', 'svc-postgres', 'bot-nats', 'bot-discord'] as const;

/** A network path that a proxy sits on, one of each process. */
export type LinkName = (typeof LINKS)[number];

/** What becomes of a network path: reset once, or for a while frozen, swallowed or closed to newcomers. */
export type Condition = 'cut' | 'stall' | 'blackhole' | 'refuse';

/** An unreadable message, put on a stream. */
export type PoisonShape =
  | 'not-json'
  | 'not-in-contract'
  | 'unknown-version'
  | 'wrong-subject'
  | 'event-not-json';

/** What can be killed by SIGKILL (Postgres: ended in immediate mode) and started again. */
export type Target = 'svc' | 'bot' | 'nats' | 'postgres';

/** A process of svc or bot, counted from 0. */
export interface PartName {
  readonly who: 'svc' | 'bot';
  readonly index: number;
}

/** Something that goes wrong. */
export type Fault =
  /** Killed, and started again `downMs` later. */
  | { readonly kind: 'kill'; readonly whom: PartName | 'nats' | 'postgres'; readonly downMs: number }
  /** Killed, started so that it kills itself at the named point, and started again `downMs` after that. */
  | {
      readonly kind: 'crash';
      readonly whom: PartName;
      readonly point: CrashPoint;
      readonly pass: number;
      readonly downMs: number;
    }
  /** NATS is killed while it writes down how far the consumer of a side is, and delivers everything again. */
  | { readonly kind: 'forget'; readonly side: PartName['who']; readonly downMs: number }
  /** NATS is killed and its volume is gone: streams, consumers and buckets begin empty. */
  | { readonly kind: 'lose-volume'; readonly downMs: number }
  /** A backend of Postgres gets SIGKILL: Postgres ends every session and recovers. */
  | { readonly kind: 'kill-backend' }
  /** Killed while Postgres is in the middle of one of its statements. */
  | { readonly kind: 'kill-in-statement'; readonly whom: PartName; readonly downMs: number }
  /** Postgres ends a session, in the middle of a statement or wherever it is. */
  | { readonly kind: 'terminate-backend'; readonly inStatement: boolean }
  /** Frozen with SIGSTOP for a while. */
  | { readonly kind: 'stop'; readonly whom: PartName | 'nats' | 'backend'; readonly forMs: number }
  /** Of one process, counted from 0, or of all that have this path. */
  | {
      readonly kind: 'link';
      readonly link: LinkName;
      readonly whose: number | 'all';
      readonly condition: Condition;
      readonly forMs: number;
    }
  | { readonly kind: 'rest'; readonly fault: RestFault }
  /** One reply is posted but its response is lost, and for over a minute each further try is refused. */
  | { readonly kind: 'long-doubt'; readonly channel: number }
  /** So many changes are said in one channel at once; other channels must not wait for their replies. */
  | { readonly kind: 'flood'; readonly channel: number; readonly messages: number }
  /** A guild is away for a while: its members go on writing, and the gateway dispatches none of it. */
  | { readonly kind: 'outage'; readonly guild: number; readonly forMs: number }
  /** One channel's history cannot be read while every session is lost and all servers are backfilled. */
  | { readonly kind: 'unreadable-channel'; readonly guild: number; readonly status: number }
  | { readonly kind: 'gateway'; readonly what: GatewayFault }
  | { readonly kind: 'poison'; readonly shape: PoisonShape };

/** What happens to the connection to Discord's gateway. */
export type GatewayFault =
  | 'close-4000'
  | 'drop'
  | 'reconnect'
  | 'invalid-session'
  | 'invalid-session-resumable'
  | 'silence'
  | 'refuse-resume'
  | 'refuse-connections';

/** How many kills a fault is. */
export function killsOf(fault: Fault): number {
  switch (fault.kind) {
    case 'crash':
      return 2;
    case 'kill':
    case 'forget':
    case 'lose-volume':
    case 'kill-backend':
    case 'kill-in-statement':
      return 1;
    default:
      return 0;
  }
}

function nameOf(whom: PartName | string): string {
  return typeof whom === 'string' ? whom : `${whom.who} ${whom.index}`;
}

/** What a fault hits. Faults of one victim are injected one after another. */
export function victimOf(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
    case 'crash':
      return nameOf(fault.whom);
    case 'stop':
      return fault.whom === 'backend' ? 'postgres' : nameOf(fault.whom);
    case 'forget':
    case 'lose-volume':
      return 'nats';
    case 'kill-in-statement':
    case 'kill-backend':
    case 'terminate-backend':
      return 'postgres';
    case 'link':
      return fault.link;
    case 'rest':
    case 'long-doubt':
      return 'REST';
    case 'gateway':
    case 'unreadable-channel':
      return 'gateway';
    case 'outage':
      return 'guilds';
    case 'flood':
      return 'crowd';
    case 'poison':
      return 'streams';
  }
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function describeRest({ status, delayMs, drop, times = 1 }: RestFault): string {
  const parts = [
    ...(status === undefined ? [] : [`responds ${status}`]),
    ...(delayMs === undefined ? [] : [`waits ${inSeconds(delayMs)}`]),
    ...(drop === undefined ? [] : [`cuts the connection ${drop.replace('-', ' ')}`]),
  ];
  return `${parts.join(', ')}, ${times} times`;
}

/** A fault in words, as the timeline shows it. */
export function describeFault(fault: Fault): string {
  const victim = victimOf(fault);
  switch (fault.kind) {
    case 'kill':
      return `kill ${victim}, down for ${inSeconds(fault.downMs)}`;
    case 'crash':
      return `kill ${victim}, then again at ${fault.point}, pass ${fault.pass}, down for ${inSeconds(fault.downMs)}`;
    case 'forget':
      return `kill ${victim} while it writes how far ${fault.side} is, down for ${inSeconds(fault.downMs)}`;
    case 'lose-volume':
      return `kill NATS and remove its volume, down for ${inSeconds(fault.downMs)}`;
    case 'kill-backend':
      return 'kill a backend of Postgres';
    case 'kill-in-statement':
      return `kill ${nameOf(fault.whom)} while Postgres is in the middle of a statement`;
    case 'terminate-backend':
      return `pg_terminate_backend ${fault.inStatement ? 'in the middle of a statement' : 'at any moment'}`;
    case 'stop':
      return `stop ${fault.whom === 'backend' ? 'a backend of Postgres' : victim} for ${inSeconds(fault.forMs)}`;
    case 'link': {
      const path = fault.whose === 'all' ? `every ${fault.link}` : `${fault.link} of ${fault.whose}`;
      return `${fault.condition} ${path}${fault.condition === 'cut' ? '' : ` for ${inSeconds(fault.forMs)}`}`;
    }
    case 'rest':
      return `REST ${describeRest(fault.fault)}`;
    case 'long-doubt':
      return `REST says something in channel ${fault.channel} unnoticed, then refuses there for over a minute`;
    case 'flood':
      return `${fault.messages} changes at once in channel ${fault.channel}`;
    case 'outage':
      return `outage of guild ${fault.guild} for ${inSeconds(fault.forMs)}`;
    case 'unreadable-channel':
      return `invalidate every session; the history of a channel of guild ${fault.guild} responds ${fault.status}`;
    case 'gateway':
      return `gateway: ${fault.what}`;
    case 'poison':
      return `poison: ${fault.shape}`;
  }
}
