import { Locale } from 'discord-api-types/v10';
import {
  administratorRequestSchema,
  deleteRequestSchema,
  editRequestSchema,
  historyQuerySchema,
  localeRequestSchema,
  nameRequestSchema,
  reactRequestSchema,
  sayRequestSchema,
  servicesReportSchema,
} from '../chat-contract';
import type { ChatLocale } from '../chat-locales';
import { checkedEmoji } from '../rest/reaction-routes';
import type { Message } from '../world/model';
import type { World } from '../world/world';
import { iconColor, initialsSvg } from './avatar';
import { chatChannel, chatDm, chatGuild, chatMember, chatMessage, chatState } from './chat-view';
import { created, done, LocalError, type LocalRequest, type LocalRoute, parsed } from './local-route';
import type { ServicesBoard } from './services-board';

const NEW_CHANNEL = 'general';

const LOCALES: Readonly<Record<ChatLocale, Locale>> = {
  'en-US': Locale.EnglishUS,
  de: Locale.German,
  fr: Locale.French,
  'es-ES': Locale.SpanishES,
  'pt-BR': Locale.PortugueseBR,
};

/** What the chat page asks for: see `chat-contract.ts`. */
export function chatRoutes(world: World, board: ServicesBoard): LocalRoute[] {
  return [
    { method: 'GET', path: '/_local/state', handle: () => Response.json(chatState(world)) },
    {
      method: 'GET',
      path: '/_local/channels/:channelId/messages',
      handle: (request) => history(world, request),
    },
    {
      method: 'POST',
      path: '/_local/channels/:channelId/messages',
      handle: (request) => say(world, request),
    },
    {
      method: 'PATCH',
      path: '/_local/channels/:channelId/messages/:messageId',
      handle: (request) => edit(world, request),
    },
    {
      method: 'DELETE',
      path: '/_local/channels/:channelId/messages/:messageId',
      handle: (request) => remove(world, request),
    },
    {
      method: 'PUT',
      path: '/_local/channels/:channelId/messages/:messageId/reactions/:emoji',
      handle: (request) => {
        const { channelId, messageId, memberId, emoji } = reaction(world, request);
        world.react(channelId, messageId, memberId, emoji);
        return done();
      },
    },
    {
      method: 'DELETE',
      path: '/_local/channels/:channelId/messages/:messageId/reactions/:emoji',
      handle: (request) => {
        const { channelId, messageId, memberId, emoji } = reaction(world, request);
        world.unreact(channelId, messageId, memberId, emoji);
        return done();
      },
    },
    {
      method: 'POST',
      path: '/_local/members',
      handle: ({ body }) => created(chatMember(world.addMember(parsed(nameRequestSchema, body)))),
    },
    {
      method: 'PUT',
      path: '/_local/members/:memberId/locale',
      handle: ({ params, body }) => {
        const { locale } = parsed(localeRequestSchema, body);
        world.setLocale(params.memberId ?? '', LOCALES[locale]);
        return done();
      },
    },
    {
      method: 'PUT',
      path: '/_local/guilds/:guildId/administrators/:memberId',
      handle: ({ params, body }) => {
        const { isAdministrator } = parsed(administratorRequestSchema, body);
        world.setAdministrator(params.guildId ?? '', params.memberId ?? '', isAdministrator);
        return done();
      },
    },
    {
      method: 'POST',
      path: '/_local/guilds',
      handle: ({ body }) => {
        const guild = world.addGuild(parsed(nameRequestSchema, body));
        // A server without a channel would be of no use to anybody.
        world.addChannel({ guildId: guild.id, name: NEW_CHANNEL });
        return created(chatGuild(world, guild));
      },
    },
    {
      method: 'POST',
      path: '/_local/guilds/:guildId/channels',
      handle: ({ params, body }) => {
        const { name } = parsed(nameRequestSchema, body);
        return created(chatChannel(world.addChannel({ guildId: params.guildId ?? '', name })));
      },
    },
    {
      method: 'PUT',
      path: '/_local/services',
      handle: ({ body }) => {
        board.report(parsed(servicesReportSchema, body).services);
        return done();
      },
    },
    {
      method: 'GET',
      path: '/_local/members/:memberId/dm',
      handle: ({ params }) => {
        const [dm] = chatDm(world.dm(person(world, params.memberId ?? '')));
        return Response.json(dm);
      },
    },
    {
      method: 'GET',
      path: '/_local/avatars/:file',
      handle: ({ params }) => avatar(world, params.file ?? ''),
    },
    { method: 'GET', path: '/_local/icons/:file', handle: ({ params }) => icon(world, params.file ?? '') },
  ];
}

function history(world: World, { params, query }: LocalRequest): Response {
  const channelId = params.channelId ?? '';
  if (!world.channel(channelId)) throw new LocalError(404, `there is no channel ${channelId}`);
  const range = parsed(historyQuerySchema, Object.fromEntries(query));
  return Response.json(world.messages(channelId, range).map((message) => chatMessage(world, message)));
}

function say(world: World, { params, body }: LocalRequest): Response {
  const { authorId, content, replyToId } = parsed(sayRequestSchema, body);
  const channelId = params.channelId ?? '';
  const recipientId = world.channel(channelId)?.recipientId ?? null;
  if (recipientId !== null && recipientId !== authorId) {
    throw new LocalError(403, 'these direct messages are between another member and the bot');
  }
  const message = world.say({
    channelId,
    authorId: person(world, authorId),
    content,
    ...(replyToId === undefined ? {} : { replyTo: replyToId }),
  });
  return created(chatMessage(world, message));
}

function edit(world: World, request: LocalRequest): Response {
  const { memberId, content } = parsed(editRequestSchema, request.body);
  const { channelId, id } = ownMessage(world, request, memberId);
  return Response.json(chatMessage(world, world.edit(channelId, id, content)));
}

function remove(world: World, request: LocalRequest): Response {
  const { memberId } = parsed(deleteRequestSchema, request.body);
  const { channelId, id } = ownMessage(world, request, memberId);
  world.remove(channelId, id);
  return done();
}

/** The message of the path, which this member wrote. Raises `LocalError` (403, 404). */
function ownMessage(world: World, { params }: LocalRequest, memberId: string): Message {
  const message = world.message(params.channelId ?? '', params.messageId ?? '');
  if (!message) throw new LocalError(404, 'this message is gone');
  if (message.authorId !== person(world, memberId) || message.webhookId !== null) {
    throw new LocalError(403, 'only who wrote a message can edit or delete it');
  }
  return message;
}

function reaction(world: World, { params, body }: LocalRequest) {
  const { memberId } = parsed(reactRequestSchema, body);
  return {
    channelId: params.channelId ?? '',
    messageId: params.messageId ?? '',
    memberId: person(world, memberId),
    emoji: checkedEmoji(params.emoji ?? ''),
  };
}

/** The bot speaks and reacts through Discord's API only. */
function person(world: World, memberId: string): string {
  if (memberId === world.botId) throw new LocalError(403, 'nobody can act as the bot but the bot');
  return memberId;
}

function avatar(world: World, file: string): Response {
  const member = world.member(file.replace(/\.svg$/, ''));
  if (!member) throw new LocalError(404, `there is no member with the avatar ${file}`);
  return svg(initialsSvg(member.displayName, member.color, 'round'));
}

function icon(world: World, file: string): Response {
  const guild = world.guild(file.replace(/\.svg$/, ''));
  if (!guild) throw new LocalError(404, `there is no server with the icon ${file}`);
  return svg(initialsSvg(guild.name, iconColor(guild.id), 'square'));
}

function svg(text: string): Response {
  return new Response(text, {
    headers: {
      'content-type': 'image/svg+xml',
      'cache-control': 'max-age=3600',
      // A name is somebody's text: nothing in it may run when the picture is opened as a page.
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
    },
  });
}
