import type { Components } from '../commands/command';

/** Something to do on Discord in reply to one message. */
export type Outgoing = Reply | Reaction;

/** What is replied to, and where. */
export interface Target {
  /** The request: the key of the record of whether it has its reply. */
  requestId: string;
  /** When it was asked, in milliseconds since the Unix epoch. */
  askedAtMs: number;
  /** Undefined in direct messages. */
  guildId?: string | undefined;
  channelId: string;
  /** The message that the reply refers to; its id is the nonce too, so that a repeated post is not a second reply. */
  messageId: string;
}

/** One Discord reply for each of `contents`, in order; each at most 2,000 characters. */
export interface Reply extends Target {
  kind: 'reply';
  contents: readonly string[];
  /** Refers to no message: an interaction is none, but its id is as good a nonce. */
  isUnreferenced?: boolean;
}

/** What is written into the first response to an interaction, whose id is `messageId` too. At most 2,000 characters. */
export interface Response extends Target {
  kind: 'response';
  interactionId: string;
  applicationId: string;
  content: string;
  components?: readonly Components[] | undefined;
  /** Posted in the channel, for all to see. */
  announcement?: Reply | undefined;
}

export interface Reaction extends Target {
  kind: 'reaction';
  emoji: string;
}
