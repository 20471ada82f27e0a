import { collectDefaultMetrics, register } from 'prom-client';

/** The metrics of this process: the library's own registry. Each part makes its metrics beside the code that counts. */
export const registry = register;

collectDefaultMetrics();
