import { setDefaultTimeout } from 'bun:test';
import { plugin } from 'bun';

/*
 * Loaded before the tests by bunfig.toml, also when `bun test` is run by hand. Bun's default of 5 s is for code; work
 * with real servers on a loaded two-core machine takes longer now and then. bunfig.toml has no setting for it, and
 * setDefaultTimeout holds only for the test file being loaded: hence once per file, as each is about to be loaded.
 */
plugin({
  name: 'default timeout',
  setup: (build) => {
    build.onResolve({ filter: /\.test\.tsx?$/ }, () => {
      setDefaultTimeout(60_000);
      return undefined;
    });
  },
});
