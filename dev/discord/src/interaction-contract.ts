/**
 * How members use commands, components and modals: what the chat page, tests and benches ask of the local Discord over
 * `/_local/`, beside what `chat-contract.ts` has.
 *
 * | request | answers |
 * | --- | --- |
 * | `GET /_local/channels/:id/commands?memberId=` | `ChatCommand[]`: what this member may use there |
 * | `POST /_local/interactions` with `Invocation` | `Outcome`, once the app has answered or its three seconds are over |
 *
 * What Discord's own client would not let through is refused with `ChatError` and 400, 403 or 404. The page may import this
 * module: it depends on nothing but zod.
 */
import { z } from 'zod';

const idSchema = z.string().regex(/^[1-9]\d{0,18}$/, 'expected a Discord id: a decimal string');

const choiceSchema = z.object({ name: z.string(), value: z.union([z.string(), z.number()]) });

/** What a command asks for; a subcommand or a group of them has options of its own. */
export interface ChatOption {
  /** Discord's type of an option. */
  readonly type: number;
  /** As it is sent. */
  readonly name: string;
  /** As the member reads it, in their language. */
  readonly label: string;
  readonly description: string;
  readonly required: boolean;
  readonly autocomplete: boolean;
  readonly choices: readonly ChatChoice[];
  readonly min: number | null;
  readonly max: number | null;
  readonly options: readonly ChatOption[];
}

const optionSchema: z.ZodType<ChatOption> = z.object({
  type: z.int(),
  name: z.string(),
  label: z.string(),
  description: z.string(),
  required: z.boolean(),
  autocomplete: z.boolean(),
  choices: z.array(choiceSchema),
  /** Of a number its least value, of a text its least length. */
  min: z.number().nullable(),
  max: z.number().nullable(),
  get options() {
    return z.array(optionSchema);
  },
});

const chatCommandSchema = z.object({
  id: idSchema,
  /** A slash command, or one in the menu of a member or a message. */
  kind: z.enum(['slash', 'member', 'message']),
  name: z.string(),
  label: z.string(),
  description: z.string(),
  options: z.array(optionSchema),
});

export const chatCommandsSchema = z.array(chatCommandSchema);

export const commandsQuerySchema = z.object({ memberId: idSchema });

const fileSchema = z.object({
  filename: z.string().min(1).max(260),
  contentType: z.string().min(1),
  base64: z.base64(),
});

/** An option that was filled in; of a subcommand, those in it. Members, roles and channels are given by id. */
export interface OptionInput {
  readonly name: string;
  readonly value?: string | number | boolean | z.infer<typeof fileSchema> | undefined;
  /** Of the one that suggestions are wanted for. */
  readonly focused?: boolean | undefined;
  readonly options?: readonly OptionInput[] | undefined;
}

const optionInputSchema: z.ZodType<OptionInput> = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean(), fileSchema]).optional(),
  focused: z.boolean().optional(),
  get options() {
    return z.array(optionInputSchema).optional();
  },
});

const byMember = { memberId: idSchema, channelId: idSchema };
const optionsSchema = z.array(optionInputSchema).default([]);

export const invocationSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('command'),
    ...byMember,
    commandId: idSchema,
    /** The member or message of a menu. */
    targetId: idSchema.optional(),
    options: optionsSchema,
  }),
  /** Suggestions for the option that is `focused`. */
  z.object({ kind: z.literal('autocomplete'), ...byMember, commandId: idSchema, options: optionsSchema }),
  z.object({
    kind: z.literal('component'),
    ...byMember,
    messageId: idSchema,
    customId: z.string(),
    /** What was selected. */
    values: z.array(z.string()).optional(),
  }),
  z.object({
    kind: z.literal('modal'),
    memberId: idSchema,
    /** The interaction that opened it. */
    interactionId: idSchema,
    /** By the custom id of the input. What is left out is empty. */
    values: z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())])),
  }),
]);

/** A component as Discord describes it; `type` says which. */
export const componentSchema = z.looseObject({ type: z.int() });

export const outcomeSchema = z.discriminatedUnion('kind', [
  /** A message came, or is announced. */
  z.object({ kind: z.literal('replied'), interactionId: idSchema, messageId: idSchema }),
  /** The message of the component changed, or will. */
  z.object({ kind: z.literal('updated'), interactionId: idSchema }),
  z.object({ kind: z.literal('suggested'), interactionId: idSchema, choices: z.array(choiceSchema) }),
  z.object({
    kind: z.literal('modal'),
    interactionId: idSchema,
    title: z.string(),
    components: z.array(componentSchema),
  }),
  /** The application did not respond in time. */
  z.object({ kind: z.literal('failed'), interactionId: idSchema }),
]);

export type ChatChoice = z.infer<typeof choiceSchema>;
export type ChatCommand = z.infer<typeof chatCommandSchema>;
export type ChatComponent = z.infer<typeof componentSchema>;
export type Invocation = z.infer<typeof invocationSchema>;
/** As a caller writes it. */
export type InvocationInput = z.input<typeof invocationSchema>;
export type Outcome = z.infer<typeof outcomeSchema>;
