import type { Values } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';

/** The variables that svc reads beside the common ones. It needs nothing of Discord's. */
export const SVC_VARIABLES = {
  NATS_URL: VARIABLES.NATS_URL,
  DATABASE_URL: VARIABLES.DATABASE_URL,
  DATABASE_POOL_SIZE: VARIABLES.DATABASE_POOL_SIZE,
  STREAM_MAX_AGE: VARIABLES.STREAM_MAX_AGE,
  BACKFILL_MAX_AGE: VARIABLES.BACKFILL_MAX_AGE,
  LEDGER_RETENTION: VARIABLES.LEDGER_RETENTION,
  RULES_PRESET: VARIABLES.RULES_PRESET,
  STREAM_MAX_BYTES: VARIABLES.STREAM_MAX_BYTES,
  STREAM_REPLICAS: VARIABLES.STREAM_REPLICAS,
};

export type SvcConfig = Values<typeof SVC_VARIABLES>;
