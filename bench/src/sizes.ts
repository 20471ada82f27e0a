/** How much of each thing a run does. */
export interface Sizes {
  /** Every rate is measured once in each round, so that a change of the machine's mood meets all of them. */
  rounds: number;
  layerCount: number;
  pathCount: number;
  chatCount: number;
  /** In windows of 50 a second, of which the first warms up: whole windows, or the edges would be measured. */
  restCount: number;
  answerCount: number;
  backlogCount: number;
  /** Seconds of each latency measurement. */
  latencySeconds: { slow: number; half: number; curve: number; chat: number };
  /** Loads of the curve, as shares of the peak. */
  curve: number[];
  parserSeconds: number;
  boardSubjects: number;
  boardSamples: number;
  ledgerRows: number;
  growthCount: number;
  /** Rows of the journal, all of one month. */
  journalRows: number;
  /** Names of the server in which they are looked for; 1,000 others have as many together. */
  names: number;
  nameSamples: number;
  /** Changes in the journal in which a history is read. */
  historyRows: number;
  /** Bots killed of each kind. */
  kills: number;
}

/** What `bun run bench` does, in about ten minutes on two cores. */
export const FULL: Sizes = {
  rounds: 3,
  layerCount: 30_000,
  pathCount: 30_000,
  chatCount: 30_000,
  restCount: 250,
  answerCount: 3_000,
  backlogCount: 100_000,
  latencySeconds: { slow: 21, half: 8, curve: 4, chat: 15 },
  curve: [0.1, 0.25, 0.5, 0.7, 0.85],
  parserSeconds: 1,
  boardSubjects: 10_000_000,
  boardSamples: 400,
  ledgerRows: 10_000_000,
  growthCount: 20_000,
  journalRows: 10_000_000,
  names: 1_000_000,
  nameSamples: 300,
  historyRows: 10_000_000,
  kills: 30,
};

/** What `--quick` does, in two minutes. Boards of millions take longer than that to make, and are left out. */
export const QUICK: Sizes = {
  rounds: 1,
  layerCount: 15_000,
  pathCount: 20_000,
  chatCount: 15_000,
  restCount: 250,
  answerCount: 1_000,
  backlogCount: 30_000,
  latencySeconds: { slow: 6, half: 3, curve: 2, chat: 6 },
  curve: [0.25, 0.5, 0.75],
  parserSeconds: 0.3,
  boardSubjects: 200_000,
  boardSamples: 200,
  ledgerRows: 200_000,
  growthCount: 10_000,
  journalRows: 200_000,
  names: 100_000,
  nameSamples: 150,
  historyRows: 200_000,
  kills: 4,
};
