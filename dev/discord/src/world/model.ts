import type { APIMessageTopLevelComponent, Locale } from 'discord-api-types/v10';
import type { Command } from './command';
import type { Attachment } from './file';
import type { AllowedMentions } from './mentions';
import type { MessageInteraction } from './message-interaction';

/** What a person (or the bot, or another bot) is. Every member is in every guild. */
export interface Member {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  /** `#rrggbb`. */
  readonly color: string;
  readonly bot: boolean;
  /** The language of their client; Discord's default when it is left out. */
  readonly locale?: Locale | undefined;
}

export interface Guild {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** When the bot joined, in milliseconds since the Unix epoch; long ago when it is left out. */
  readonly joinedAtMs?: number | undefined;
  /** The server's language; Discord's default when it is left out. */
  readonly locale?: Locale | undefined;
  /** Beside @everyone. Absent is none: state files of earlier versions have none. */
  readonly roles?: readonly Role[];
}

/** What some members of a guild may do. */
export interface Role {
  readonly id: string;
  readonly name: string;
  /** As Discord writes permissions: a bit field in decimal. */
  readonly permissions: string;
  readonly memberIds: readonly string[];
}

export type ChannelKind = 'text' | 'announcement' | 'voice' | 'forum' | 'category' | 'thread' | 'dm';

/** What the bot may be forbidden in a channel. */
export const PERMISSIONS = ['ViewChannel', 'ReadMessageHistory', 'SendMessages', 'AddReactions'] as const;
export type Permission = (typeof PERMISSIONS)[number];

export interface Channel {
  readonly id: string;
  readonly kind: ChannelKind;
  readonly name: string;
  readonly topic: string;
  /** Null for a DM. */
  readonly guildId: string | null;
  /** The channel a thread belongs to, the category a channel is in; null where there is none. */
  readonly parentId: string | null;
  /** The member a DM is with, else null. */
  readonly recipientId: string | null;
  /** From 0, in the order of creation, within the guild. */
  readonly position: number;
  /** Taken away from the bot here. */
  readonly denied: readonly Permission[];
  /** When a thread was archived, in milliseconds since the Unix epoch; left out of one that is active. */
  readonly archivedAtMs?: number | undefined;
  /** When a thread was made active again, in milliseconds since the Unix epoch; left out of one that never was. */
  readonly reopenedAtMs?: number | undefined;
}

export interface Reaction {
  /** A unicode emoji, or `name:id` for a custom one. */
  readonly emoji: string;
  /** In the order they reacted; never empty. */
  readonly userIds: string[];
}

/** A message as it is kept. What an edit or a reaction changes changes in place; nothing else ever does. */
export interface Message {
  readonly id: string;
  readonly channelId: string;
  readonly guildId: string | null;
  readonly authorId: string;
  /** Set when a webhook posted it under the author's name. */
  readonly webhookId: string | null;
  /** Whether Discord marks it as written by a bot. */
  readonly bot: boolean;
  content: string;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  editedAtMs: number | null;
  /** The message it replies to, in the same channel. */
  readonly replyToId: string | null;
  readonly nonce: string | number | null;
  /** Users it pings. */
  mentions: readonly string[];
  mentionsEveryone: boolean;
  flags: number;
  reactions: Reaction[];
  /** The interaction it replies to. */
  readonly interaction?: MessageInteraction | undefined;
  /** The only member who sees it, where it is ephemeral. */
  readonly visibleTo?: string | undefined;
  /** As Discord keeps them, each with its id. Absent is none. */
  components?: readonly APIMessageTopLevelComponent[] | undefined;
  /** Absent is none. */
  attachments?: readonly Attachment[] | undefined;
}

/** What an edit makes of a message; what is left out stays. */
export interface MessageChange {
  readonly content?: string | undefined;
  readonly components?: readonly APIMessageTopLevelComponent[] | undefined;
  readonly attachments?: readonly Attachment[] | undefined;
  readonly flags?: number | undefined;
  /** Null (the default): everybody named, and the author replied to. */
  readonly allowedMentions?: AllowedMentions | null | undefined;
}

/** Everything a world remembers over a restart. */
export interface WorldSnapshot {
  readonly guilds: readonly Guild[];
  readonly channels: readonly Channel[];
  readonly members: readonly Member[];
  /** Of all channels, oldest first. */
  readonly messages: readonly Message[];
  /** Absent is none: state files of earlier versions have none. */
  readonly commands?: readonly Command[];
}

/** Something was asked of a world that it does not have or cannot do. */
export class WorldError extends Error {
  override readonly name = 'WorldError';

  constructor(
    readonly reason:
      | 'unknown-guild'
      | 'unknown-channel'
      | 'unknown-member'
      | 'unknown-message'
      | 'wrong-channel-kind'
      | 'wrong-order',
    message: string,
  ) {
    super(message);
  }
}
