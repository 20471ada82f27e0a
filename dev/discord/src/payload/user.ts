import type { APIGuildMemberNoUser, APIUser } from 'discord-api-types/v10';
import type { Guild, Member } from '../world/model';
import { NO_FLAGS } from './flags';

/** Nobody's time of joining matters to a bot, so everybody joined at once. */
const JOINED_AT = '2023-11-01T12:00:00.000000+00:00';

/** What Discord sends of every user, and nobody here has anything of. */
const USER_DEFAULTS = { public_flags: NO_FLAGS, flags: NO_FLAGS, primary_guild: null };

/** A user as Discord sends it. Avatars live on Discord's CDN, which is not here: everyone has the default one. */
export function userPayload(member: Member): APIUser {
  return {
    id: member.id,
    username: member.username,
    discriminator: '0',
    global_name: member.bot ? null : member.displayName,
    avatar: null,
    ...USER_DEFAULTS,
    ...(member.bot ? { bot: true } : {}),
  };
}

/** The user a webhook's message is from: the webhook itself, under the name it posts as. */
export function webhookUserPayload(webhookId: string, name: string): APIUser {
  return {
    id: webhookId,
    username: name,
    discriminator: '0000',
    global_name: null,
    avatar: null,
    ...USER_DEFAULTS,
    bot: true,
  };
}

/** The author of a message who is no longer in this world. */
export function deletedUserPayload(id: string): APIUser {
  return {
    id,
    username: 'deleted_user',
    discriminator: '0',
    global_name: null,
    avatar: null,
    ...USER_DEFAULTS,
  };
}

/** What a guild adds to a user; here the same for everybody, but for the roles. */
export function memberPayload(guild: Guild | undefined, userId: string): APIGuildMemberNoUser {
  const roles = guild?.roles ?? [];
  return {
    roles: roles.filter(({ memberIds }) => memberIds.includes(userId)).map(({ id }) => id),
    joined_at: JOINED_AT,
    deaf: false,
    mute: false,
    flags: NO_FLAGS,
    nick: null,
    avatar: null,
    banner: null,
    communication_disabled_until: null,
    pending: false,
    premium_since: null,
  };
}
