/** The package gives this entry no types of its own: schemas that were generated from Discord's OpenAPI description. */
declare module 'discord-api-spec/zod' {
  import type { z } from 'zod';

  export const ApplicationCommandResponseSchema: z.core.$ZodType;
  export const GatewayBotResponseSchema: z.core.$ZodType;
  export const GatewayResponseSchema: z.core.$ZodType;
  export const GuildChannelResponseSchema: z.core.$ZodType;
  export const GuildMemberResponseSchema: z.core.$ZodType;
  export const GuildRoleResponseSchema: z.core.$ZodType;
  export const GuildResponseSchema: z.core.$ZodType;
  export const InteractionCallbackResponseSchema: z.core.$ZodType;
  export const MessageReactionEmojiResponseSchema: z.core.$ZodType;
  export const MessageResponseSchema: z.core.$ZodType;
  export const MyGuildResponseSchema: z.core.$ZodType;
  export const PrivateApplicationResponseSchema: z.core.$ZodType;
  export const PrivateChannelResponseSchema: z.core.$ZodType;
  export const ThreadResponseSchema: z.core.$ZodType;
  export const ThreadsResponseSchema: z.core.$ZodType;
  export const UserPIIResponseSchema: z.core.$ZodType;
  export const UserResponseSchema: z.core.$ZodType;
}
