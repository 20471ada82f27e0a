import type { ChatPush } from '../chat-contract';
import type { WorldChange } from '../world/change';
import type { World } from '../world/world';
import { chatMessage, chatReactions, chatState } from './chat-view';
import type { ServicesBoard } from './services-board';

/** What is needed of a websocket to push to a chat page. */
export interface ChatSocket {
  send(text: string): unknown;
}

/** Pushes what happens to every chat page that is open. With none open it does nothing per message. */
export class ChatPushes {
  readonly #sockets = new Set<ChatSocket>();
  readonly #unsubscribe: () => void;

  constructor(
    private readonly world: World,
    private readonly board: ServicesBoard,
  ) {
    this.#unsubscribe = world.onChange((change) => {
      if (this.#sockets.size > 0) for (const push of pushesOf(world, change)) this.#push(push);
    });
    board.onChange(() => this.#push(this.#services()));
  }

  open(socket: ChatSocket): void {
    this.#sockets.add(socket);
    const state: ChatPush = { type: 'state', state: chatState(this.world) };
    socket.send(JSON.stringify(state));
    if (this.board.services !== null) socket.send(JSON.stringify(this.#services()));
  }

  close(socket: ChatSocket): void {
    this.#sockets.delete(socket);
  }

  stop(): void {
    this.#unsubscribe();
    this.#sockets.clear();
  }

  #services(): ChatPush {
    const { services } = this.board;
    return { type: 'services', services: services && [...services] };
  }

  #push(push: ChatPush | null): void {
    if (push === null) return;
    const text = JSON.stringify(push);
    for (const socket of this.#sockets) socket.send(text);
  }
}

function pushesOf(world: World, change: WorldChange): (ChatPush | null)[] {
  return change.kind === 'messages-deleted'
    ? change.messages.map((message) => pushOf(world, { kind: 'message-deleted', message }))
    : [pushOf(world, change)];
}

function pushOf(world: World, change: Exclude<WorldChange, { kind: 'messages-deleted' }>): ChatPush | null {
  switch (change.kind) {
    case 'message-created':
    case 'ephemeral-created':
      return { type: 'message', message: chatMessage(world, change.message) };
    case 'message-edited':
    case 'ephemeral-edited':
      return { type: 'message-update', message: chatMessage(world, change.message) };
    case 'message-deleted':
    case 'ephemeral-deleted':
      return { type: 'message-delete', channelId: change.message.channelId, messageId: change.message.id };
    case 'reaction-added':
    case 'reaction-removed':
      return {
        type: 'reactions',
        channelId: change.message.channelId,
        messageId: change.message.id,
        reactions: chatReactions(change.message),
      };
    case 'typing':
      return { type: 'typing', channelId: change.channelId, userId: change.userId };
    case 'bot-presence':
      return { type: 'presence', userId: world.botId, online: change.online };
    case 'guild-created':
    case 'guild-removed':
    case 'channel-created':
    case 'channel-changed':
    case 'member-created':
    case 'member-changed':
    case 'guild-changed':
    case 'roles-changed':
      return { type: 'state', state: chatState(world) };
    case 'interaction-created':
    case 'interaction-ended':
    case 'history-trimmed':
      return null;
    case 'commands-changed':
      return { type: 'commands' };
  }
}
