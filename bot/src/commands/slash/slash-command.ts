import type {
  APIApplicationCommandBasicOption,
  APIModalInteractionResponseCallbackData,
  RESTPostAPIContextMenuApplicationCommandsJSONBody,
} from 'discord.js';
import type { Interaction } from '../../interactions/interaction';
import type { Asked } from '../command';

/** A use of a command or a form by a member of a server. */
export interface Use {
  interaction: Interaction;
  userId: string;
  /** What was filled in, by name: of a command its options, of a form its fields. */
  values: ReadonlyMap<string, string | number | boolean>;
}

/** Where the reply to a request is: for all to see, for the member alone, or in place of the message that was clicked. */
export type ReplyPlace = 'public' | 'private' | 'in-place';

/** What a use comes to. */
export type SlashAction =
  /** A request to svc. */
  | { ask: Asked; reply: ReplyPlace }
  /** A reply that bot makes by itself, for the member alone. */
  | { say: readonly string[] }
  /** A form to fill in. */
  | { form: APIModalInteractionResponseCallbackData };

/** One use of `/karma`, a file each. */
export interface Subcommand {
  /** Lower case. */
  name: string;
  description: string;
  options?: readonly APIApplicationCommandBasicOption[];
  run(use: Use): SlashAction;
}

/** A command in the menu of a member or of a message. */
export interface MenuCommand {
  definition: Pick<RESTPostAPIContextMenuApplicationCommandsJSONBody, 'name' | 'type'>;
  /** `targetId` is the member's or the message's. */
  run(use: Use, targetId: string): SlashAction;
}

/** A form that bot had opened: all there is to know is in its custom id, so that any bot takes it, at any time. */
export interface Form {
  /** What its custom ids begin with, before a colon; the number at its end rises when their rest means something else. */
  prefix: string;
  /** `rest` is what follows the colon. Undefined where that is not of this form. */
  submit(use: Use, rest: string): SlashAction | undefined;
}

/** Buttons of the bot: all there is to know is in their custom ids, as in those of forms. */
export interface Buttons {
  prefix: string;
  /** `rest` is what follows the colon. Undefined where that is not of these. */
  press(rest: string): SlashAction | undefined;
}

/** A text that was filled in; undefined where it was left out. */
export function textOf({ values }: Use, name: string): string | undefined {
  const value = values.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** A whole number that was filled in; undefined where it was left out. */
export function numberOf({ values }: Use, name: string): number | undefined {
  const value = values.get(name);
  return typeof value === 'number' ? value : undefined;
}

/** Whether something was switched on. */
export function isOn({ values }: Use, name: string): boolean {
  return values.get(name) === true;
}

/** The action that tells the member something. */
export function say(...lines: readonly string[]): SlashAction {
  return { say: lines };
}
