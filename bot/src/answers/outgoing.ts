/** Something to do on Discord in answer to one message. */
export type Outgoing = Reply | Reaction;

/** One Discord reply for each of `contents`, in order; each at most 2,000 characters. */
export interface Reply {
  kind: 'reply';
  /** Undefined in direct messages. */
  guildId?: string | undefined;
  channelId: string;
  /** The message that is answered; its id is the nonce too, so that a repeated post is not a second answer. */
  messageId: string;
  contents: readonly string[];
}

export interface Reaction {
  kind: 'reaction';
  guildId?: string | undefined;
  channelId: string;
  messageId: string;
  emoji: string;
}
