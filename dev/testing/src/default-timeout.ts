import { setDefaultTimeout } from 'bun:test';
import { plugin } from 'bun';

/*
 * Loaded before the tests by bunfig.toml, also when `bun test` is run by hand. Bun's default of 5 s is for code; work
 * with real servers takes longer, and many times longer on a machine that is busy with other things: this is only there
 * for what hangs. bunfig.toml has no setting for it, and setDefaultTimeout holds only for the test file being loaded:
 * hence once per file, as each is about to be loaded.
 */
plugin({
  name: 'default timeout',
  setup: (build) => {
    build.onResolve({ filter: /\.test\.tsx?$/ }, () => {
      setDefaultTimeout(180_000);
      return undefined;
    });
  },
});
