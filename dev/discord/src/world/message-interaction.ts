import type { InteractionType } from 'discord-api-types/v10';

/** What a message tells of the interaction that it replies to. */
export interface MessageInteraction {
  readonly id: string;
  readonly type:
    | InteractionType.ApplicationCommand
    | InteractionType.MessageComponent
    | InteractionType.ModalSubmit;
  readonly userId: string;
  /** The command, where it was one. */
  readonly commandName: string | null;
  /** Whom or what a menu's command was used on. */
  readonly targetUserId?: string | undefined;
  readonly targetMessageId?: string | undefined;
  /** The message whose component was used. */
  readonly interactedMessageId?: string | undefined;
  /** Of a follow-up: the reply before it. */
  readonly originalMessageId?: string | undefined;
  /** What led to the modal. */
  readonly trigger?: MessageInteraction | undefined;
}
