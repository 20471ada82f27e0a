import type { Channel, Message, Permission } from '../world/model';
import type { World } from '../world/world';
import { missingAccess, missingPermissions, unknownChannel, unknownMessage } from './errors';
import { idParam, type RestRequest } from './route';

/** The channel of the path, which the bot can see. Raises `ApiError`: 404 unknown channel, 403 missing access. */
export function visibleChannel(world: World, request: RestRequest): Channel {
  const channel = world.channel(idParam(request, 'channelId'));
  if (!channel) throw unknownChannel();
  if (!world.botMay(channel, 'ViewChannel')) throw missingAccess();
  return channel;
}

/** As `visibleChannel`, and the bot has this permission there. Raises `ApiError`, also 403 missing permissions. */
export function channelWith(world: World, request: RestRequest, permission: Permission): Channel {
  const channel = visibleChannel(world, request);
  if (!world.botMay(channel, permission)) throw missingPermissions();
  return channel;
}

/** The message of the path. Raises `ApiError`: 404 unknown message. */
export function knownMessage(world: World, channel: Channel, request: RestRequest): Message {
  const message = world.message(channel.id, idParam(request, 'messageId'));
  if (!message) throw unknownMessage();
  return message;
}
