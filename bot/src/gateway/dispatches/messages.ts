import { GatewayDispatchEvents } from 'discord.js';
import { type ChatMessage, chatMessageSchema } from '../../intake/chat-message';
import type { HandleMessage } from '../../intake/message-handler';
import { type AnyDispatchHandler, dispatchHandler } from './dispatch-table';

/** MESSAGE_CREATE: somebody wrote a message. A backfill hands the messages that it reads to the same `handleMessage`. */
export function messageDispatches(handleMessage: HandleMessage): AnyDispatchHandler[] {
  return [
    dispatchHandler({
      type: GatewayDispatchEvents.MessageCreate,
      schema: chatMessageSchema,
      messageId: ({ id }: ChatMessage) => id,
      handle: handleMessage,
    }),
  ];
}
