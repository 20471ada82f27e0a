import type { LatencyMs } from '../measure/percentiles';
import type { Speed } from '../measure/steady';

/** What the process that plays Discord is told to do. */
export type ChatOrder =
  /** Say messages until so many were said by these orders since the start. */
  | { do: 'say-up-to'; total: number }
  /** Say messages at a steady pace. */
  | { do: 'talk'; count: number; perSecond: number }
  /** Say `count` messages as fast as they are answered, with at most `window` unanswered. */
  | { do: 'say-answered'; count: number; window: number }
  /** Say `count` messages at a steady pace, and time the answers. */
  | { do: 'say-paced'; count: number; perSecond: number }
  /** Talk until what is said after a kill is answered. */
  | { do: 'talk-over-kill' }
  /** A bot was killed at this time, in milliseconds since the Unix epoch with fractions. */
  | { do: 'killed'; atMs: number };

/** What it says: first where it is, then the result of each order that has one. */
export type ChatReport =
  | { kind: 'open'; apiUrl: string; token: string; guildIds: string[]; channelIds: string[] }
  | { kind: 'answered'; speed: Speed; latency: LatencyMs }
  /** Milliseconds from the kill to the first answer of what was said after it, and the longest wait of anybody. */
  | { kind: 'survived'; firstMs: number; slowestMs: number };
