/** What the process that measures latency is told, as JSON. */
export interface LatencyOrder {
  natsUrl: string;
  count: number;
  perSecond: number;
  /** Different for each measurement on one database. */
  seed: number;
}
