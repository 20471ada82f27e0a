import { snowflakeSchema } from '@popple/shared/contract/ids';
import type { Letter } from './letter';

/** Where a letter goes when it is redriven, and under which id; or why it cannot be. */
export type Destination = { subject: string; id: string } | { refusal: string };

/** Subjects without wildcards or empty tokens, of the streams that svc and bot read. */
const REDRIVABLE = /^popple\.(request|event)(\.[^.\s*>]+)+$/;

function idInPayload(data: Uint8Array): string | undefined {
  try {
    const payload: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
    if (typeof payload !== 'object' || payload === null || !('id' in payload)) return undefined;
    return snowflakeSchema.safeParse(payload.id).data;
  } catch {
    return undefined;
  }
}

/**
 * Where a letter belongs. The id in the payload comes first: it is the one that the ledger and the bot's memory of answers
 * know; the one it was published with does where the payload cannot be read.
 */
export function destinationOf(letter: Letter, data: Uint8Array): Destination {
  const { subject } = letter;
  if (subject === undefined) return { refusal: 'its headers do not say where it came from (Popple-Subject)' };
  if (!REDRIVABLE.test(subject))
    return { refusal: `it came from ${subject}, which is no subject of requests or events` };
  const id = idInPayload(data) ?? letter.id;
  if (id === undefined) {
    return {
      refusal:
        'neither its payload nor its headers (Popple-Id) hold an id, and without one it could count twice',
    };
  }
  return { subject, id };
}
