import type { Log } from '@popple/shared/observability/log';
import type { REST } from 'discord.js';
import type { ChatMessage } from '../intake/chat-message';
import type { Unreadable } from '../unreadable';

export interface BackfillLimits {
  /** What was written longer ago is not read, in milliseconds. */
  maxAgeMs: number;
  /** How many messages of one channel are read at most, the newest. */
  maxMessages: number;
}

/** What reads through REST, and who takes what it reads. */
export interface BackfillContext {
  rest: REST;
  log: Log;
  unreadable: Unreadable;
  limits: BackfillLimits;
  /** Takes messages of one channel, oldest first; resolves when what they ask for is in the stream. */
  onMessages(guildId: string, messages: readonly ChatMessage[]): Promise<void>;
}
