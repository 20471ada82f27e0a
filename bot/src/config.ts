import type { Values } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';

/** The variables that bot reads beside the common ones. It knows nothing of Postgres. */
export const BOT_VARIABLES = {
  DISCORD_TOKEN: VARIABLES.DISCORD_TOKEN,
  DISCORD_API_URL: VARIABLES.DISCORD_API_URL,
  NATS_URL: VARIABLES.NATS_URL,
  REPLY_MAX_AGE: VARIABLES.REPLY_MAX_AGE,
  STREAM_MAX_AGE: VARIABLES.STREAM_MAX_AGE,
  STREAM_MAX_BYTES: VARIABLES.STREAM_MAX_BYTES,
  STREAM_REPLICAS: VARIABLES.STREAM_REPLICAS,
};

export type BotConfig = Values<typeof BOT_VARIABLES>;
