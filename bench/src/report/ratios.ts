import { median } from '../measure/percentiles';
import type { Path, Rate, RulesCost } from '../results';

/** How near a path comes to the layers it goes through, from medians over the rounds. */
export interface Comparison {
  perSecond: number;
  slowest: { label: string; perSecond: number; ratio: number };
  /** What the layers would give one after another: 1/Σ(1/rate). */
  inSeries: { perSecond: number; ratio: number };
}

/** 1/Σ(1/rate): how many a second go through stages of these rates when each is idle while another works. */
export function inSeries(rates: readonly number[]): number {
  return 1 / rates.reduce((seconds, rate) => seconds + 1 / rate, 0);
}

function inRound(rate: Rate, round: number): number {
  // A layer that is measured once stands for all rounds.
  return rate.rounds[round] ?? median(rate.rounds);
}

/**
 * Compares a path with its layers. Ratios are taken within each round and then their median: in a round, path and layers
 * met the same machine. Undefined when a layer was not measured.
 */
export function compare(path: Path, layers: readonly Rate[]): Comparison | undefined {
  const passed = path.layers.map((name) => layers.find((layer) => layer.name === name));
  if (passed.some((layer) => layer === undefined)) return undefined;
  const all = passed.filter((layer) => layer !== undefined);
  const [first] = all;
  if (first === undefined) return undefined;
  const slowest = all.reduce((a, b) => (median(b.rounds) < median(a.rounds) ? b : a), first);
  const ratios = path.rounds.map((perSecond, round) => ({
    slowest: perSecond / inRound(slowest, round),
    series: perSecond / inSeries(all.map((layer) => inRound(layer, round))),
  }));
  return {
    perSecond: median(path.rounds),
    slowest: {
      label: slowest.label,
      perSecond: median(slowest.rounds),
      ratio: median(ratios.map((ratio) => ratio.slowest)),
    },
    inSeries: {
      perSecond: inSeries(all.map((layer) => median(layer.rounds))),
      ratio: median(ratios.map((ratio) => ratio.series)),
    },
  };
}

/** The median over the rounds of one rate by another. */
export function ratioOf(one: Rate, other: Rate): number {
  return median(one.rounds.map((perSecond, round) => perSecond / inRound(other, round)));
}

/** How fast applying by the rules is beside applying before there were any: the median over the rounds. */
export function rulesRatio({ before, withRules }: RulesCost): number {
  return median(withRules.map((perSecond, round) => perSecond / (before[round] ?? median(before))));
}
