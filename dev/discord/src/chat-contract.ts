/**
 * What the chat page and the local Discord say to each other, over `/_local/` on the local Discord's own port.
 *
 * | request | answers |
 * | --- | --- |
 * | `GET /_local/state` | `ChatState` |
 * | `GET /_local/channels/:id/messages?before=&limit=` | `ChatMessage[]`, oldest first; fewer than `limit` means the start |
 * | `POST /_local/channels/:id/messages` with `SayRequest` | 201 `ChatMessage` |
 * | `PATCH /_local/channels/:id/messages/:mid` with `EditRequest` | `ChatMessage` |
 * | `DELETE /_local/channels/:id/messages/:mid` with `DeleteRequest` | 204 |
 * | `PUT` / `DELETE /_local/channels/:id/messages/:mid/reactions/:emoji` with `ReactRequest` | 204 |
 * | `POST /_local/members` with `NameRequest` | 201 `ChatMember` |
 * | `POST /_local/guilds` with `NameRequest` | 201 `ChatGuild` |
 * | `POST /_local/guilds/:id/channels` with `NameRequest` | 201 `ChatChannel` |
 * | `PUT /_local/members/:id/locale` with `LocaleRequest` | 204 |
 * | `PUT /_local/guilds/:id/administrators/:mid` with `AdministratorRequest` | 204 |
 * | `PUT /_local/services` with `ServicesReport` | 204; from whoever runs Popple beside this, again every few seconds |
 * | `GET /_local/members/:id/dm` | `ChatDm`: that member's direct messages with the bot |
 * | websocket `/_local/socket` | pushes `ChatPush`, the first one always `state` |
 *
 * Everything refused is answered with `ChatError` and a 4xx status. Bodies are JSON with `content-type: application/json`.
 * The page may import this module: it depends on nothing but zod.
 */
import { z } from 'zod';
import { CHAT_LOCALES } from './chat-locales';
import { componentSchema } from './interaction-contract';
import { MAX_CONTENT_LENGTH, messageLength } from './message-length';

/** Most messages one `GET …/messages` answers with, and how many when `limit` is left out. */
const MAX_HISTORY_PAGE = 100;
const DEFAULT_HISTORY_PAGE = 50;

const idSchema = z.string().regex(/^[1-9]\d{0,18}$/, 'expected a Discord id: a decimal string');

/** `#rrggbb`. */
const colorSchema = z.string().regex(/^#[0-9a-f]{6}$/i, 'expected a colour such as #5865f2');

/** ISO 8601 in UTC. */
const timeSchema = z.iso.datetime();

/** A path on the same origin, such as `/_local/avatars/1.svg`, or an absolute URL. */
const imageUrlSchema = z.string().min(1);

const chatBotSchema = z.object({
  id: idSchema,
  username: z.string(),
  avatarUrl: imageUrlSchema,
  /** Whether at least one gateway session of the bot is connected and ready. */
  online: z.boolean(),
});

export const chatChannelSchema = z.object({
  id: idSchema,
  name: z.string(),
  /** Empty where nobody set one. */
  topic: z.string(),
  /** The channel a thread hangs under; null for a channel that is not a thread. */
  parentId: idSchema.nullable(),
});

export const chatGuildSchema = z.object({
  id: idSchema,
  name: z.string(),
  iconUrl: imageUrlSchema,
  /** In the order to show them; threads follow the channel they hang under. */
  channels: z.array(chatChannelSchema),
  ownerId: idSchema.optional(),
  roles: z.array(z.object({ id: idSchema, name: z.string() })).optional(),
  /** Who may do everything in it: its owner, and whoever has a role that says so. */
  administratorIds: z.array(idSchema).optional(),
});

/** A person one can write as. Every member is in every guild. The bot is not among them. */
export const chatMemberSchema = z.object({
  id: idSchema,
  username: z.string(),
  displayName: z.string(),
  color: colorSchema,
  avatarUrl: imageUrlSchema,
  /** The language of their client, such as `en-US`. */
  locale: z.string().optional(),
});

/** A direct-message channel between a member and the bot. */
export const chatDmSchema = z.object({ channelId: idSchema, memberId: idSchema });

export const chatStateSchema = z.object({
  bot: chatBotSchema,
  guilds: z.array(chatGuildSchema),
  members: z.array(chatMemberSchema),
  dms: z.array(chatDmSchema),
});

/** Who wrote a message: a member, the bot, or (in tests) a webhook that is neither. */
const chatAuthorSchema = z.object({
  id: idSchema,
  name: z.string(),
  color: colorSchema,
  avatarUrl: imageUrlSchema,
  bot: z.boolean(),
});

const chatReactionSchema = z.object({
  /** A unicode emoji, or `name:id` for a custom one. */
  emoji: z.string().min(1),
  count: z.int().min(1),
  userIds: z.array(idSchema),
});

const chatAttachmentSchema = z.object({
  id: idSchema,
  filename: z.string(),
  url: imageUrlSchema,
  contentType: z.string(),
  sizeBytes: z.int(),
  /** What it shows, in words; empty where nobody said. */
  description: z.string(),
});

export const chatMessageSchema = z.object({
  id: idSchema,
  channelId: idSchema,
  /** Null in direct messages. */
  guildId: idSchema.nullable(),
  author: chatAuthorSchema,
  /** As Discord stores it: markdown, with mentions as `<@id>` and channels as `<#id>`. */
  content: z.string(),
  /** What this is a reply to; null too once that message has been deleted. */
  replyTo: z.object({ id: idSchema, author: chatAuthorSchema, content: z.string() }).nullable(),
  /** Ids of the users this message pings. A mention in the text that pings nobody is not here. */
  mentions: z.array(idSchema),
  reactions: z.array(chatReactionSchema),
  at: timeSchema,
  editedAt: timeSchema.nullable(),
  /** As Discord describes them; absent where there are none. */
  components: z.array(componentSchema).optional(),
  attachments: z.array(chatAttachmentSchema).optional(),
  /** The only member who sees it, where it is ephemeral. These are pushed, and in no history. */
  visibleTo: idSchema.optional(),
  /** The bot has announced a reply, and not written it yet. */
  isAnnounced: z.boolean().optional(),
  /** The command it replies to. */
  usedCommand: z.object({ name: z.string(), by: chatAuthorSchema }).optional(),
});

export const historyQuerySchema = z.object({
  /** Only messages with a lower id than this one. */
  before: idSchema.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_HISTORY_PAGE).default(DEFAULT_HISTORY_PAGE),
});

export const historySchema = z.array(chatMessageSchema);

const contentSchema = z
  .string()
  .refine(
    (content) => messageLength(content) <= MAX_CONTENT_LENGTH,
    `at most ${MAX_CONTENT_LENGTH} characters`,
  )
  .refine((content) => content.trim() !== '', 'an empty message cannot be sent');

export const sayRequestSchema = z.object({
  /** A member; the bot speaks for itself. */
  authorId: idSchema,
  content: contentSchema,
  replyToId: idSchema.optional(),
});

/** Only the member who wrote a message edits it. */
export const editRequestSchema = z.object({ memberId: idSchema, content: contentSchema });

/** Only the member who wrote a message deletes it. */
export const deleteRequestSchema = z.object({ memberId: idSchema });

export const localeRequestSchema = z.object({ locale: z.enum(CHAT_LOCALES) });

export const administratorRequestSchema = z.object({ isAdministrator: z.boolean() });

export const reactRequestSchema = z.object({ memberId: idSchema });

/** Of a member, a guild or a channel. A channel's name is put into Discord's form: `General chat` becomes `general-chat`. */
export const nameRequestSchema = z.object({ name: z.string().trim().min(1).max(100) });

/** One of what Popple is made of, as whoever started it knows it. */
const serviceStatusSchema = z.object({
  name: z.enum(['bot', 'svc', 'nats', 'postgres']),
  /** `down` does not run; `not-ready` runs, and cannot do its work. */
  state: z.enum(['ready', 'starting', 'not-ready', 'down']),
  /** What is wrong, in words; empty where there is nothing to add. */
  detail: z.string(),
});

export const servicesReportSchema = z.object({ services: z.array(serviceStatusSchema) });

export const chatErrorSchema = z.object({ error: z.string() });

/** What `/_local/socket` sends. Nothing needs to be sent back. After a reconnect, read the channel's history again. */
export const chatPushSchema = z.discriminatedUnion('type', [
  /** Sent first on every connection, and again whole whenever a guild, channel, member or DM is added or changed. */
  z.object({ type: z.literal('state'), state: chatStateSchema }),
  z.object({ type: z.literal('message'), message: chatMessageSchema }),
  /** The same message with other content. */
  z.object({ type: z.literal('message-update'), message: chatMessageSchema }),
  z.object({ type: z.literal('message-delete'), channelId: idSchema, messageId: idSchema }),
  /** All reactions of a message, after one was added or taken away. */
  z.object({
    type: z.literal('reactions'),
    channelId: idSchema,
    messageId: idSchema,
    reactions: z.array(chatReactionSchema),
  }),
  /** Somebody (the bot) is writing; it ends after ten seconds or with the next message of that user. */
  z.object({ type: z.literal('typing'), channelId: idSchema, userId: idSchema }),
  /** What is known of Popple's services, on every connection and whenever it changes; null where nobody tells. */
  z.object({ type: z.literal('services'), services: z.array(serviceStatusSchema).nullable() }),
  /** The commands that the bot has registered changed. */
  z.object({ type: z.literal('commands') }),
  /** The bot came online or went offline. */
  z.object({ type: z.literal('presence'), userId: idSchema, online: z.boolean() }),
]);

export type ChatChannel = z.infer<typeof chatChannelSchema>;
export type ChatGuild = z.infer<typeof chatGuildSchema>;
export type ChatMember = z.infer<typeof chatMemberSchema>;
export type ChatDm = z.infer<typeof chatDmSchema>;
export type ChatState = z.infer<typeof chatStateSchema>;
export type ChatAuthor = z.infer<typeof chatAuthorSchema>;
export type ChatReaction = z.infer<typeof chatReactionSchema>;
export type ChatAttachment = z.infer<typeof chatAttachmentSchema>;
export type ChatMessage = z.infer<typeof chatMessageSchema>;
export type SayRequest = z.infer<typeof sayRequestSchema>;
export type EditRequest = z.infer<typeof editRequestSchema>;
export type DeleteRequest = z.infer<typeof deleteRequestSchema>;
export type ReactRequest = z.infer<typeof reactRequestSchema>;
export type LocaleRequest = z.infer<typeof localeRequestSchema>;
export type AdministratorRequest = z.infer<typeof administratorRequestSchema>;
export type NameRequest = z.infer<typeof nameRequestSchema>;
export type ServiceStatus = z.infer<typeof serviceStatusSchema>;
export type ServicesReport = z.infer<typeof servicesReportSchema>;
export type ChatError = z.infer<typeof chatErrorSchema>;
export type ChatPush = z.infer<typeof chatPushSchema>;
