import type { ChatMessage } from '../../src/chat-contract';
import { dayKey } from './time-text';

/** One line group of the message pane, top to bottom. `key` is stable from one rendering to the next. */
export type Row =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'new'; readonly key: string }
  | {
      readonly kind: 'message';
      readonly key: string;
      readonly message: ChatMessage;
      /** Under the same name and picture as the one above. */
      readonly grouped: boolean;
    };

/** Messages further apart than this are not one utterance. */
const GROUP_WINDOW_MS = 7 * 60_000;

/**
 * Lays out messages (oldest first): a divider wherever the day changes, one before the first unread message, and
 * messages of one author within seven minutes grouped under one name. A reply always stands on its own.
 */
export function layOut(messages: readonly ChatMessage[], firstUnreadId: string | undefined): Row[] {
  const rows: Row[] = [];
  let previous: ChatMessage | undefined;
  for (const message of messages) {
    const day = dayKey(message.at);
    const newDay = previous === undefined || dayKey(previous.at) !== day;
    const unread = message.id === firstUnreadId;
    if (newDay) rows.push({ kind: 'day', key: `day-${day}`, at: message.at });
    if (unread) rows.push({ kind: 'new', key: 'new' });
    const grouped = !newDay && !unread && previous !== undefined && belongTogether(previous, message);
    rows.push({ kind: 'message', key: message.id, message, grouped });
    previous = message;
  }
  return rows;
}

function belongTogether(previous: ChatMessage, message: ChatMessage): boolean {
  return (
    message.replyTo === null &&
    message.usedCommand === undefined &&
    message.visibleTo === previous.visibleTo &&
    previous.author.id === message.author.id &&
    previous.author.name === message.author.name &&
    Date.parse(message.at) - Date.parse(previous.at) < GROUP_WINDOW_MS
  );
}
