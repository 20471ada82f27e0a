import type {
  APIApplicationCommandOptionChoice,
  APIInteraction,
  APIModalInteractionResponseCallbackData,
  InteractionResponseType,
  InteractionType,
} from 'discord-api-types/v10';
import type { Message } from './model';

/** What a member does with the app; everything but Discord's ping. */
export type InteractionKind = Exclude<InteractionType, InteractionType.Ping>;

/** What was chosen and filled in, as INTERACTION_CREATE carries it. */
export type InteractionData = NonNullable<Extract<APIInteraction, { type: InteractionKind }>['data']>;

/**
 * A member uses a command, a component or a modal.
 *
 *     waiting ──callback within 3 s──▶ acknowledged ──15 min──▶ its token is expired
 *        └────────3 s without────────▶ failed: the member reads that the application did not respond
 */
export interface Interaction {
  readonly id: string;
  /** Whoever has it may answer, without the bot's token. */
  readonly token: string;
  readonly type: InteractionKind;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  readonly userId: string;
  readonly channelId: string;
  readonly guildId: string | null;
  readonly data: InteractionData;
  /** The command with its subcommands, as the reply names it; null for what is no command. */
  readonly commandName: string | null;
  /** The message whose component was used, or whose component led to the modal. */
  readonly message: Message | null;
  /** The interaction that was answered with the modal which this one submits. */
  readonly trigger: Interaction | null;
  state: 'waiting' | 'acknowledged' | 'failed';
  answer: InteractionAnswer | null;
  /** What `@original` is: the reply, or the message that is updated. Null too after it was deleted. */
  original: Message | null;
  /** In the order in which they were posted. */
  readonly followUps: Message[];
  /** From when on its token is worth nothing, in milliseconds since the Unix epoch. */
  expiresAtMs: number;
}

/** How the app answered. */
export type InteractionAnswer =
  | {
      readonly type:
        | InteractionResponseType.ChannelMessageWithSource
        | InteractionResponseType.DeferredChannelMessageWithSource
        | InteractionResponseType.DeferredMessageUpdate
        | InteractionResponseType.UpdateMessage;
    }
  | {
      readonly type: InteractionResponseType.ApplicationCommandAutocompleteResult;
      readonly choices: readonly APIApplicationCommandOptionChoice[];
    }
  | {
      readonly type: InteractionResponseType.Modal;
      readonly modal: APIModalInteractionResponseCallbackData;
    };
