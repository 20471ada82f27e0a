import { snowflakeAt } from '../ids';
import { CONTRACT_VERSION } from '../version';

/** What a test may want to say of the message that a request is of. */
export interface MessageOptions {
  /** The snowflake of the message. */
  id?: string;
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

/** What a request has because of the message that caused it, in tests and measurements. */
export function messageEnvelope({
  id = messageId(),
  guildId = '100',
  channelId = '7',
  userId = '8',
}: MessageOptions = {}) {
  return { v: CONTRACT_VERSION, id, guildId, channelId, userId } as const;
}

/** What the event has that answers such a request. */
export function eventEnvelope(options: MessageOptions = {}) {
  const { userId: _, ...envelope } = messageEnvelope(options);
  return envelope;
}
