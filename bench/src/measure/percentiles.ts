/** How long something took, in milliseconds. */
export interface LatencyMs {
  samples: number;
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

/** The value that a share of all is not above (nearest rank). `sorted` ascending and not empty; `share` from 0 to 1. */
export function percentile(sorted: readonly number[], share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

/** The percentiles of samples in milliseconds. @throws RangeError when there are none. */
export function latencyOf(samplesMs: readonly number[]): LatencyMs {
  if (samplesMs.length === 0) throw new RangeError('no samples, no percentiles');
  const sorted = [...samplesMs].sort((a, b) => a - b);
  const at = (share: number) => percentile(sorted, share);
  return {
    samples: sorted.length,
    p50: at(0.5),
    p99: at(0.99),
    p999: at(0.999),
    max: at(1),
  };
}

/** The mean of some numbers. @throws RangeError when there are none. */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values, no mean');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle of some numbers; of an even count the mean of the two in the middle. @throws RangeError when there are none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values, no median');
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (lower + upper) / 2;
}
