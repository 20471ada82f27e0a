import type { Progress } from './progress';
import type { Results } from './results';
import type { Sizes } from './sizes';
import type { Stage } from './stage/stage';

/** What every scenario is given. It adds what it measured to the results. */
export interface Bench {
  readonly stage: Stage;
  readonly sizes: Sizes;
  readonly progress: Progress;
  readonly results: Results;
}
