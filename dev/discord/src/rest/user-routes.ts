import {
  type APIUser,
  Locale,
  type RESTGetAPICurrentUserGuildsResult,
  type RESTGetCurrentApplicationResult,
  RESTJSONErrorCodes,
  type RESTPostAPICurrentUserCreateDMChannelResult,
} from 'discord-api-types/v10';
import { z } from 'zod';
import { dmPayload } from '../payload/channel';
import { applicationFlags } from '../payload/content';
import { EVERYONE_PERMISSIONS } from '../payload/permissions';
import { userPayload } from '../payload/user';
import { ApiError } from './errors';
import { ok, type Route } from './route';

/** What Discord sends of every application, and Discord's types do not all name. */
const APPLICATION_DEFAULTS = {
  type: null,
  interactions_endpoint_url: null,
  role_connections_verification_url: null,
  approximate_user_install_count: 0,
  approximate_user_authorization_count: 0,
  explicit_content_filter: 0,
  eligible_oauth2_scopes: ['bot', 'applications.commands'],
};

/** The most servers that one response lists. */
const MAX_GUILDS = 200;

const createDmSchema = z.object({ recipient_id: z.string() });

/** The bot itself, and its direct messages. */
export const userRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/users/@me',
    bucket: 'others',
    handle: ({ world }) => {
      const result: APIUser = {
        ...userPayload(world.bot),
        mfa_enabled: false,
        locale: Locale.EnglishUS,
        email: null,
        verified: true,
      };
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/applications/@me',
    bucket: 'others',
    handle: ({ world, settings }) => {
      const flags = applicationFlags(settings);
      const result: RESTGetCurrentApplicationResult = {
        id: world.botId,
        name: world.bot.username,
        icon: null,
        description: '',
        summary: '',
        bot_public: true,
        bot_require_code_grant: false,
        bot: userPayload(world.bot),
        verify_key: '0'.repeat(64),
        team: null,
        owner: userPayload(world.bot),
        redirect_uris: [],
        ...APPLICATION_DEFAULTS,
        flags,
        flags_new: String(flags),
        approximate_guild_count: world.guildCount,
      };
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/users/@me/guilds',
    bucket: 'others',
    handle: ({ world }, { query }) => {
      const after = BigInt(query.get('after') ?? 0);
      const limit = Math.min(MAX_GUILDS, Number(query.get('limit') ?? MAX_GUILDS));
      const guilds = world
        .guilds()
        .filter(({ id }) => BigInt(id) > after)
        .slice(0, limit);
      const result: RESTGetAPICurrentUserGuildsResult = guilds.map(({ id, name, ownerId }) => ({
        id,
        name,
        icon: null,
        banner: null,
        owner: ownerId === world.botId,
        features: [],
        permissions: EVERYONE_PERMISSIONS,
      }));
      return ok(result);
    },
  },
  {
    method: 'POST',
    path: '/users/@me/channels',
    bucket: 'others',
    handle: ({ world }, { body }) => {
      const recipientId = createDmSchema.safeParse(body).data?.recipient_id;
      const recipient = recipientId === undefined ? undefined : world.member(recipientId);
      if (!recipient || recipient.bot) {
        throw new ApiError(400, RESTJSONErrorCodes.InvalidRecipients, 'Invalid Recipient(s)');
      }
      const result: RESTPostAPICurrentUserCreateDMChannelResult = dmPayload(world, world.dm(recipient.id));
      return ok(result);
    },
  },
];
