import { channelWith, knownMessage, visibleChannel } from './access';
import { unknownEmoji } from './errors';
import { NO_CONTENT, type Route } from './route';

const PATH = '/channels/:channelId/messages/:messageId/reactions/:emoji/@me';

/** The bot's own reactions. Both are idempotent. */
export const reactionRoutes: readonly Route[] = [
  {
    method: 'PUT',
    path: PATH,
    bucket: 'reactions',
    handle: ({ world }, request) => {
      const channel = channelWith(world, request, 'AddReactions');
      const message = knownMessage(world, channel, request);
      world.react(channel.id, message.id, world.botId, checkedEmoji(request.params.emoji ?? ''));
      return NO_CONTENT;
    },
  },
  {
    method: 'DELETE',
    path: PATH,
    bucket: 'reactions',
    handle: ({ world }, request) => {
      const channel = visibleChannel(world, request);
      const message = knownMessage(world, channel, request);
      world.unreact(channel.id, message.id, world.botId, checkedEmoji(request.params.emoji ?? ''));
      return NO_CONTENT;
    },
  },
];

const CUSTOM_EMOJI = /^\w{2,32}:\d{17,20}$/;
const UNICODE_EMOJI = /^(?:\p{RGI_Emoji}|\p{Emoji}\u{fe0f}?)$/v;

/** An emoji as a reaction's path writes it. Raises `ApiError` for what is none. */
export function checkedEmoji(emoji: string): string {
  if (CUSTOM_EMOJI.test(emoji) || (UNICODE_EMOJI.test(emoji) && !/^[\d#*]$/.test(emoji))) return emoji;
  throw unknownEmoji();
}
