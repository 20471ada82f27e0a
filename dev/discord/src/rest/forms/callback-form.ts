import {
  type APIApplicationCommandOptionChoice,
  InteractionResponseType,
  InteractionType,
} from 'discord-api-types/v10';
import { z } from 'zod';
import type { Interaction } from '../../world/interaction';
import { listOf, text } from './fields';
import { readForm, refuse } from './form-errors';

type ResponseType = Exclude<
  InteractionResponseType,
  | InteractionResponseType.Pong
  | InteractionResponseType.PremiumRequired
  | InteractionResponseType.LaunchActivity
>;

const {
  ChannelMessageWithSource,
  DeferredChannelMessageWithSource,
  DeferredMessageUpdate,
  UpdateMessage,
  ApplicationCommandAutocompleteResult,
  Modal,
} = InteractionResponseType;

/** How each type of interaction may be answered. */
const ALLOWED: Readonly<Record<Interaction['type'], readonly ResponseType[]>> = {
  [InteractionType.ApplicationCommand]: [ChannelMessageWithSource, DeferredChannelMessageWithSource, Modal],
  [InteractionType.MessageComponent]: [
    ChannelMessageWithSource,
    DeferredChannelMessageWithSource,
    DeferredMessageUpdate,
    UpdateMessage,
    Modal,
  ],
  [InteractionType.ApplicationCommandAutocomplete]: [ApplicationCommandAutocompleteResult],
  [InteractionType.ModalSubmit]: [
    ChannelMessageWithSource,
    DeferredChannelMessageWithSource,
    DeferredMessageUpdate,
    UpdateMessage,
  ],
};

/** These change the message that a component belongs to, and need one. */
const UPDATES: readonly ResponseType[] = [DeferredMessageUpdate, UpdateMessage];

/** The answer of an app to an interaction; its `data` is read by what its type says. */
export interface CallbackForm {
  readonly type: ResponseType;
  readonly data: unknown;
}

/** Reads an answer of a type that fits the interaction. Raises `ApiError` (50035). */
export function readCallback(body: unknown, { type, message }: Interaction): CallbackForm {
  const allowed = ALLOWED[type].filter((each) => message !== null || !UPDATES.includes(each));
  const schema = z.object({
    type: z.int().superRefine((value, context) => {
      if (allowed.some((each) => each === value)) return;
      refuse(context, [], 'BASE_TYPE_CHOICES', `Value must be one of {${allowed.join(', ')}}.`);
    }),
    data: z.unknown().optional(),
  });
  const form = readForm(schema, body);
  const found = allowed.find((each) => each === form.type);
  if (found === undefined) throw new TypeError(`the schema let the type ${form.type} through`);
  return { type: found, data: form.data ?? {} };
}

const choicesSchema = z.object({
  data: z.object({
    choices: listOf(z.object({ name: text(1, 100), value: z.union([text(0, 100), z.number()]) }), 0, 25),
  }),
});

/** Reads what is suggested for an option. Raises `ApiError` (50035). */
export function readChoices(data: unknown): APIApplicationCommandOptionChoice[] {
  return readForm(choicesSchema, { data }).data.choices;
}
