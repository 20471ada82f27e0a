import type { Command } from './command';
import type { Interaction } from './interaction';
import type { Channel, Guild, Member, Message, Role } from './model';

/** Everything that can happen in a world; listeners are called after it happened. */
export type WorldChange =
  | { readonly kind: 'message-created'; readonly message: Message }
  | { readonly kind: 'message-edited'; readonly message: Message }
  | { readonly kind: 'message-deleted'; readonly message: Message }
  /** Of one channel, all at once. */
  | { readonly kind: 'messages-deleted'; readonly messages: readonly Message[] }
  /** The same of a message that only one member sees. */
  | {
      readonly kind: 'ephemeral-created' | 'ephemeral-edited' | 'ephemeral-deleted';
      readonly message: Message;
    }
  /** Old messages of a channel were forgotten to bound its size: all below this id. */
  | { readonly kind: 'history-trimmed'; readonly channelId: string; readonly beforeId: string }
  | {
      readonly kind: 'reaction-added' | 'reaction-removed';
      readonly message: Message;
      readonly userId: string;
      readonly emoji: string;
    }
  | { readonly kind: 'guild-created' | 'guild-removed' | 'guild-changed'; readonly guild: Guild }
  | { readonly kind: 'channel-created' | 'channel-changed'; readonly channel: Channel }
  | { readonly kind: 'member-created' | 'member-changed'; readonly member: Member }
  /** A member has a role that they had not, or not any more. */
  | {
      readonly kind: 'roles-changed';
      readonly guild: Guild;
      readonly member: Member;
      readonly newRole: Role | null;
    }
  | { readonly kind: 'commands-changed'; readonly commands: readonly Command[] }
  /** Somebody uses a command, a component or a modal; then the app has answered, or nobody has in time. */
  | { readonly kind: 'interaction-created' | 'interaction-ended'; readonly interaction: Interaction }
  | { readonly kind: 'typing'; readonly channelId: string; readonly userId: string }
  | { readonly kind: 'bot-presence'; readonly online: boolean };

export type WorldListener = (change: WorldChange) => void;
