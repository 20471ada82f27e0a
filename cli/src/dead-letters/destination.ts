import {
  requestIdSchema,
  snowflakeSchema,
  snowflakeTimeMs,
  timestampSchema,
} from '@popple/shared/contract/ids';
import { z } from 'zod';
import type { Letter } from './letter';

/** Where a letter goes when it is redriven; or why it cannot be. */
export type Destination =
  | {
      subject: string;
      /** The id that it is published under. */
      id: string;
      /** When its cause happened, in milliseconds since the Unix epoch; undefined when nobody could say, and so apply it. */
      atMs: number | undefined;
    }
  | { refusal: string };

/** Subjects without wildcards or empty tokens, of the streams that svc and bot read. */
const REDRIVABLE = /^popple\.(request|event)(\.[^.\s*>]+)+$/;

/** What is needed of a payload, of whatever version. */
const payloadSchema = z.object({
  id: requestIdSchema.optional().catch(undefined),
  at: timestampSchema.optional().catch(undefined),
});

function readPayload(data: Uint8Array): z.infer<typeof payloadSchema> {
  try {
    const payload: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
    return payloadSchema.safeParse(payload).data ?? {};
  } catch {
    return {};
  }
}

/** What a request of version 1 has for a time. */
function timeOfSnowflake(id: string): number | undefined {
  return snowflakeSchema.safeParse(id).success ? snowflakeTimeMs(id) : undefined;
}

/**
 * Where a letter belongs. The id in the payload comes first: it is the one that the ledger and the bot's memory of replies
 * know; the one it was published with does where the payload cannot be read.
 */
export function destinationOf(letter: Letter, data: Uint8Array): Destination {
  const { subject } = letter;
  if (subject === undefined) return { refusal: 'its headers do not say where it came from (Popple-Subject)' };
  if (!REDRIVABLE.test(subject))
    return { refusal: `it came from ${subject}, which is no subject of requests or events` };
  const payload = readPayload(data);
  const id = payload.id ?? letter.id;
  if (id === undefined) {
    return {
      refusal:
        'neither its payload nor its headers (Popple-Id) hold an id, and without one it could count twice',
    };
  }
  return { subject, id, atMs: payload.at ?? timeOfSnowflake(id) };
}
