import { snowflakeSchema } from '@popple/shared/contract/ids';
import { z } from 'zod';

const memberSchema = z.object({ roles: z.array(z.string()).nullish(), joined_at: z.string().nullish() });
const userSchema = z.object({ id: snowflakeSchema, bot: z.boolean().nullish() });

/** An option of a command that was filled in; of a subcommand, those in it. */
export interface UsedOption {
  name: string;
  value?: string | number | boolean | null | undefined;
  /** Of the one that suggestions are wanted for. */
  focused?: boolean | null | undefined;
  options?: UsedOption[] | null | undefined;
}

const optionSchema: z.ZodType<UsedOption> = z.object({
  name: z.string(),
  value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  focused: z.boolean().nullish(),
  get options() {
    return z.array(optionSchema).nullish();
  },
});

/** A message that a member uses a command of the menu on. */
const usedMessageSchema = z.object({
  id: snowflakeSchema,
  author: userSchema,
  webhook_id: z.string().nullish(),
});

/** A field of a form, or what is around it. */
interface FormPart {
  custom_id?: string | null | undefined;
  value?: string | null | undefined;
  component?: FormPart | null | undefined;
  components?: FormPart[] | null | undefined;
}

const formPartSchema: z.ZodType<FormPart> = z.object({
  custom_id: z.string().nullish(),
  value: z.string().nullish(),
  get component() {
    return formPartSchema.nullish();
  },
  get components() {
    return z.array(formPartSchema).nullish();
  },
});

/**
 * What is used of INTERACTION_CREATE, as Discord's API schema allows it. Other fields are dropped.
 * @see https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
 */
export const interactionSchema = z.object({
  id: snowflakeSchema,
  application_id: snowflakeSchema,
  /** A secret: whoever has it may respond for 15 minutes. */
  token: z.string().min(1),
  type: z.int(),
  /** Absent in direct messages, as `member` is. */
  guild_id: snowflakeSchema.nullish(),
  channel_id: snowflakeSchema.nullish(),
  channel: z.object({ parent_id: snowflakeSchema.nullish() }).nullish(),
  member: memberSchema.extend({ user: userSchema }).nullish(),
  data: z
    .object({
      /** Of a command: what kind of command it is. */
      type: z.int().nullish(),
      name: z.string().nullish(),
      options: z.array(optionSchema).nullish(),
      target_id: snowflakeSchema.nullish(),
      custom_id: z.string().nullish(),
      components: z.array(formPartSchema).nullish(),
      resolved: z
        .object({
          users: z.record(z.string(), userSchema).nullish(),
          members: z.record(z.string(), memberSchema).nullish(),
          messages: z.record(z.string(), usedMessageSchema).nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/** What a member did: used a command, a component or a form, or wrote an option that is suggested for. */
export type Interaction = z.infer<typeof interactionSchema>;
export type UsedMessage = z.infer<typeof usedMessageSchema>;

/** What was written into the fields of a form, by their custom ids. */
export function formValues(interaction: Interaction): Map<string, string> {
  const values = new Map<string, string>();
  const read = (part: FormPart): void => {
    if (part.custom_id && part.value) values.set(part.custom_id, part.value);
    for (const inner of [...(part.component ? [part.component] : []), ...(part.components ?? [])])
      read(inner);
  };
  for (const part of interaction.data?.components ?? []) read(part);
  return values;
}
