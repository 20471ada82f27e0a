import { setDefaultTimeout } from 'bun:test';

// Bun's default of 5 s is for code; work with real servers on a loaded two-core machine takes longer now and then.
setDefaultTimeout(60_000);
