import { collectDefaultMetrics, Registry } from 'prom-client';

/** The metrics of this process. Each part registers its own beside the code that counts. */
export const registry = new Registry();

collectDefaultMetrics({ register: registry });
