import type { CpuUse } from './measure/meter-cpu';
import type { LatencyMs } from './measure/percentiles';

/** One thing whose speed was measured, once in each round. */
export interface Rate {
  name: string;
  label: string;
  /** Things a second, in the order of the rounds. */
  rounds: number[];
  /** CPU time in each round, where it can be read. */
  cpu: CpuUse[];
}

/** The layers a path goes through, each named as often as a message passes it. */
export interface Path extends Rate {
  layers: string[];
}

/** Latency at a steady load. */
export interface Load {
  label: string;
  perSecond: number;
  latency: LatencyMs;
  /** The share of all cores that was busy with what is none of the bench's, from 0 to 1. */
  othersShare: number | undefined;
}

/** How fast the parser reads one kind of text. */
export interface ParserSpeed {
  label: string;
  messagesPerSecond: number;
  /** Microseconds for one message of 4,000 characters, for what is meant to be hard. */
  longestUs?: number;
  /** How much longer a message of 4,000 characters takes than one of 1,000: 4 is linear. */
  growth?: number;
}

/** How long a board takes in Postgres. */
export interface BoardSpeed {
  label: string;
  subjects: number;
  latency: LatencyMs;
}

/** What applying cost in one of the two cases of a comparison. */
export interface Applying {
  perSecond: number;
  /** Pages that Postgres looked at for a request. */
  pages: number;
}

/** Applying by the rules, and as it was before there were rules, once each in each round. */
export interface RulesCost {
  label: string;
  /** Requests a second. */
  before: number[];
  withRules: number[];
}

/** Applying among little and among a lot: what must not grow with how much there is. */
export interface Growth {
  label: string;
  little: Applying;
  lot: Applying;
  /** The median of the rounds' ratios of speed. */
  ratio: number;
  /** The ratio that is promised, if one is. */
  atLeast: number | undefined;
}

/** How long it takes to find subjects by a part of their names. */
export interface NameSearch {
  path: string;
  label: string;
  /** How many names the server has; others have as many together. */
  names: number;
  latency: LatencyMs;
}

export interface Names {
  searches: NameSearch[];
  /** Requests a second that each name a new subject, with the names that can be searched and without. */
  adding: { withNames: number; without: number; ratio: number };
}

/** Memory of a process after its work. */
export interface Memory {
  part: 'bot' | 'svc';
  after: string;
  residentMib: number;
}

/** How long members waited when a bot was killed while they talked. */
export interface KillSpeed {
  kind: 'stand-by' | 'restarted' | 'replicas';
  label: string;
  /** From SIGKILL to the first answer of what was said after it. */
  first: LatencyMs;
  /** Of each kill, the longest wait of anybody, which includes who wrote just before it. */
  slowest: LatencyMs;
}

/** What a page of a history costs. */
export interface HistorySpeed {
  label: string;
  /** How many the journal has. */
  changes: number;
  latency: LatencyMs;
}

/** What a soak saw of one process. */
export interface SoakMemory {
  part: 'bot' | 'svc';
  /** Medians of the quarters of the time, in MiB. */
  quartersMib: number[];
  maxMib: number;
}

export interface Soak {
  seconds: number;
  perSecond: number;
  messages: number;
  memory: SoakMemory[];
}

/** One of the things that Popple promises of its speed. */
export interface Verdict {
  target: string;
  measured: string;
  met: boolean;
}

/** All that a run measured. What was not asked for is empty. */
export interface Results {
  at: string;
  options: string[];
  machine: { cpu: string; cores: number; memoryGib: number; platform: string };
  versions: Record<string, string>;
  layers: Rate[];
  paths: Path[];
  loads: { svc: Load[]; chat: Load[] };
  backlog: { requests: number; perSecond: number; seconds: number } | undefined;
  parser: ParserSpeed[];
  boards: BoardSpeed[];
  rules: RulesCost[];
  growth: Growth[];
  names: Names | undefined;
  history: HistorySpeed[] | undefined;
  kills: KillSpeed[];
  memory: Memory[];
  soak: Soak | undefined;
  deadlocks: number;
}
