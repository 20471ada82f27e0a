import { snowflakeAt, snowflakeTimeMs } from '../ids';
import { CONTRACT_VERSION } from '../version';

/** What a test may want to say of the message that a request is of. */
export interface MessageOptions {
  /** The snowflake of the message. */
  id?: string;
  /** When it was written, in milliseconds since the Unix epoch; by default what its snowflake says. */
  at?: number;
  guildId?: string;
  channelId?: string;
  userId?: string;
}

let made = 0n;

/** The id of a message written `ageMs` ago, by default a minute; each call gives another, in this process. */
export function messageId(ageMs = 60_000): string {
  made += 1n;
  return String(BigInt(snowflakeAt(Date.now() - ageMs)) + made);
}

/** What a request, and the event that answers it, have because of the message that caused it, in tests and measurements. */
export function messageEnvelope({
  id = messageId(),
  at = snowflakeTimeMs(id),
  guildId = '100',
  channelId = '7',
  userId = '8',
}: MessageOptions = {}) {
  const origin = { kind: 'message', channelId, messageId: id, userId } as const;
  return { v: CONTRACT_VERSION, id, at, guildId, origin } as const;
}
