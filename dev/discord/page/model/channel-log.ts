import type { ChatMessage, ChatPush, ChatReaction } from '../../src/chat-contract';
import { compareSnowflakes } from '../../src/world/snowflake';

/** What the page knows of one channel: a gapless end of its messages, oldest first. */
export interface ChannelLog {
  readonly messages: readonly ChatMessage[];
  /** Whether the first message here is the first there is. */
  readonly complete: boolean;
}

export const emptyLog: ChannelLog = { messages: [], complete: false };

/**
 * Takes in the newest page of history, as on opening a channel or after a reconnect. What the page covers is replaced (so
 * that deletions made meanwhile show); what is older stays, unless there may be a gap between it and the page.
 * `pageSize` is what was asked for: a shorter page reaches the start of the channel.
 */
export function withNewestPage(log: ChannelLog, page: readonly ChatMessage[], pageSize: number): ChannelLog {
  const first = page[0];
  if (first === undefined || page.length < pageSize) return { messages: page, complete: true };
  const overlaps = log.messages.some((message) => compareSnowflakes(message.id, first.id) >= 0);
  const older = overlaps ? log.messages.filter((message) => compareSnowflakes(message.id, first.id) < 0) : [];
  return { messages: [...older, ...page], complete: older.length > 0 && log.complete };
}

/** Takes in the page before the oldest message known. */
export function withOlderPage(log: ChannelLog, page: readonly ChatMessage[], pageSize: number): ChannelLog {
  const oldest = log.messages[0];
  const older =
    oldest === undefined ? page : page.filter((message) => compareSnowflakes(message.id, oldest.id) < 0);
  return { messages: [...older, ...log.messages], complete: page.length < pageSize };
}

/** Whether a member sees a message: others' ephemeral ones they do not. */
export function isVisibleTo({ visibleTo }: ChatMessage, memberId: string): boolean {
  return visibleTo === undefined || visibleTo === memberId;
}

/** Takes in what the server pushed. What concerns other channels, or messages that are not known, changes nothing. */
export function withPush(log: ChannelLog, push: ChatPush): ChannelLog {
  switch (push.type) {
    case 'message':
      return withMessage(log, push.message);
    case 'message-update':
      return withUpdate(log, push.message);
    case 'message-delete':
      return withoutMessage(log, push.messageId);
    case 'reactions':
      return withReactions(log, push.messageId, push.reactions);
    default:
      return log;
  }
}

/** The channel that a push is about; undefined where it is about none. */
export function channelOfPush(push: ChatPush): string | undefined {
  if (push.type === 'message' || push.type === 'message-update') return push.message.channelId;
  return push.type === 'message-delete' || push.type === 'reactions' ? push.channelId : undefined;
}

/** Adds a message where its id belongs; one that is known already takes the place of the old. */
function withMessage(log: ChannelLog, message: ChatMessage): ChannelLog {
  const others = log.messages.filter((other) => other.id !== message.id);
  const after = others.findLastIndex((other) => compareSnowflakes(other.id, message.id) < 0);
  return { ...log, messages: others.toSpliced(after + 1, 0, message) };
}

/** Replaces a message by its edited form, here and where it is quoted. One that is not known is left out. */
function withUpdate(log: ChannelLog, message: ChatMessage): ChannelLog {
  const messages = log.messages.map((other) => {
    if (other.id === message.id) return message;
    if (other.replyTo?.id !== message.id) return other;
    return { ...other, replyTo: { ...other.replyTo, content: message.content } };
  });
  return { ...log, messages };
}

/** Takes a message away; replies to it lose their quoted line. */
function withoutMessage(log: ChannelLog, messageId: string): ChannelLog {
  const messages = log.messages
    .filter((message) => message.id !== messageId)
    .map((message) => (message.replyTo?.id === messageId ? { ...message, replyTo: null } : message));
  return { ...log, messages };
}

/** Sets the reactions of a message, if it is known. */
function withReactions(log: ChannelLog, messageId: string, reactions: readonly ChatReaction[]): ChannelLog {
  const messages = log.messages.map((message) =>
    message.id === messageId ? { ...message, reactions: [...reactions] } : message,
  );
  return { ...log, messages };
}
