import type { Progress } from './progress';
import type { Results } from './results';
import type { Sizes } from './sizes';
import type { Stage } from './stage/stage';

/** What every scenario is given. It adds what it measured to the results. */
export interface Bench {
  readonly stage: Stage;
  readonly sizes: Sizes;
  readonly progress: Progress;
  /** Says what is measured next, and waits for the machine to be quiet when the person is patient. */
  begin(what: string): Promise<void>;
  readonly results: Results;
}
