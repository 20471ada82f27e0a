import { z } from 'zod';
import { requestIdSchema, snowflakeSchema, timestampSchema } from './ids';
import { eventOriginSchema, originSchema } from './origin';
import { CONTRACT_VERSION } from './version';

const common = {
  v: z.literal(CONTRACT_VERSION),
  /** Names the cause, at all times and everywhere: whoever sees the same cause twice makes the same request of it. */
  id: requestIdSchema,
  /**
   * When the cause happened, in milliseconds since the Unix epoch, by the clock of whoever recorded it first. Part of the
   * request like its id: whoever makes the request again says the same. Of two requests the one with the higher (at, id) is
   * the later.
   */
  at: timestampSchema,
  guildId: snowflakeSchema,
};

/** What every request carries. */
export const requestEnvelope = { ...common, origin: originSchema };

/** What every event carries: what its request did. */
export const eventEnvelope = { ...common, origin: eventOriginSchema };
