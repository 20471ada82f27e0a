import { join } from 'node:path';

/** What is deployed, with its configuration. */
export const DEPLOY = join(import.meta.dir, '..');
