import {
  type RESTGetAPIChannelMessageResult,
  RESTJSONErrorCodes,
  type RESTPostAPIChannelMessageResult,
} from 'discord-api-types/v10';
import { messagePayload } from '../payload/message';
import type { Channel } from '../world/model';
import type { World } from '../world/world';
import { channelWith, knownMessage, visibleChannel } from './access';
import { ApiError, invalidForm, missingPermissions, wrongChannelType } from './errors';
import { composed } from './message-composition';
import { type MessageForm, readMessageForm } from './message-form';
import { NO_CONTENT, ok, type Route } from './route';

/** Messages that the bot writes. */
export const messageRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/channels/:channelId/messages',
    bucket: 'messages',
    handle: ({ world }, request) => {
      const channel = channelWith(world, request, 'SendMessages');
      if (channel.kind === 'forum') throw wrongChannelType();
      const form = readMessageForm(request.body, request.files);
      const earlier =
        form.enforceNonce && form.nonce !== null
          ? world.messageByNonce(channel.id, world.botId, form.nonce)
          : undefined;
      const message = earlier ?? create(world, channel, form);
      const result: RESTPostAPIChannelMessageResult = messagePayload(world, message, { withNonce: true });
      return ok(result);
    },
  },
  {
    method: 'PATCH',
    path: '/channels/:channelId/messages/:messageId',
    bucket: 'messages',
    handle: ({ world }, request) => {
      const channel = visibleChannel(world, request);
      const message = knownMessage(world, channel, request);
      if (message.authorId !== world.botId) {
        throw new ApiError(
          403,
          RESTJSONErrorCodes.CannotEditMessageAuthoredByAnotherUser,
          'Cannot edit a message authored by another user',
        );
      }
      const form = readMessageForm(request.body, request.files, message.flags);
      const edited = world.edit(channel.id, message.id, composed(world, form, message));
      const result: RESTGetAPIChannelMessageResult = messagePayload(world, edited);
      return ok(result);
    },
  },
  {
    method: 'DELETE',
    path: '/channels/:channelId/messages/:messageId',
    bucket: 'others',
    handle: ({ world }, request) => {
      const channel = visibleChannel(world, request);
      const message = knownMessage(world, channel, request);
      if (message.authorId !== world.botId) throw missingPermissions();
      world.remove(channel.id, message.id);
      return NO_CONTENT;
    },
  },
];

function create(world: World, channel: Channel, form: MessageForm) {
  return world.say({
    channelId: channel.id,
    authorId: world.botId,
    ...composed(world, form),
    replyTo: repliedTo(world, channel, form),
    nonce: form.nonce ?? undefined,
  });
}

/** The message to reply to, or nothing when it is gone and the form allows that. */
function repliedTo(world: World, channel: Channel, { reference }: MessageForm): string | undefined {
  if (!reference) return undefined;
  const isHere = reference.channelId === null || reference.channelId === channel.id;
  if (isHere && world.message(channel.id, reference.messageId)) {
    if (world.botMay(channel, 'ReadMessageHistory')) return reference.messageId;
    throw new ApiError(
      403,
      RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory,
      'You cannot reply without permission to read message history',
    );
  }
  if (!reference.failIfNotExists) return undefined;
  throw isHere
    ? invalidForm('message_reference', 'REPLIES_UNKNOWN_MESSAGE', 'Unknown message')
    : invalidForm(
        'message_reference',
        'REPLIES_CANNOT_REPLY_TO_OTHER_CHANNEL',
        'Cannot reply to another channel',
      );
}
