import type { RESTGetAPIChannelMessageResult, RESTGetAPIChannelMessagesResult } from 'discord-api-types/v10';
import { concernsBot } from '../payload/content';
import { messagePayload } from '../payload/message';
import { mayReadContent, type Settings } from '../settings';
import type { Message } from '../world/model';
import type { World } from '../world/world';
import { knownMessage, visibleChannel } from './access';
import { invalidForm, missingPermissions } from './errors';
import { checkedId, ok, type RestRequest, type Route } from './route';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 100;

/** What was said before. */
export const historyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/channels/:channelId/messages',
    bucket: 'others',
    handle: ({ world, settings }, request) => {
      const channel = visibleChannel(world, request);
      // Not refused: without this permission, Discord returns an empty list.
      const messages = world.botMay(channel, 'ReadMessageHistory')
        ? page(world, channel.id, request.query)
        : [];
      const result: RESTGetAPIChannelMessagesResult = messages
        .toReversed()
        .map((message) => payload(world, settings, message));
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/channels/:channelId/messages/:messageId',
    bucket: 'others',
    handle: ({ world, settings }, request: RestRequest) => {
      const channel = visibleChannel(world, request);
      if (!world.botMay(channel, 'ReadMessageHistory')) throw missingPermissions();
      const result: RESTGetAPIChannelMessageResult = payload(
        world,
        settings,
        knownMessage(world, channel, request),
      );
      return ok(result);
    },
  },
];

function payload(world: World, settings: Settings, message: Message) {
  return messagePayload(world, message, {
    withContent: concernsBot(world, message) || mayReadContent(settings),
  });
}

/** Oldest first. */
function page(world: World, channelId: string, query: URLSearchParams): Message[] {
  const limit = readLimit(query.get('limit'));
  const given = (['around', 'before', 'after'] as const).filter((name) => query.has(name));
  const [name] = given;
  if (name === undefined) return world.messages(channelId, { limit });
  if (given.length > 1) {
    throw invalidForm(name, 'MUTUALLY_EXCLUSIVE', 'Give at most one of around, before and after.');
  }
  const id = checkedId(query.get(name) ?? '', name);
  if (name === 'around') return world.messagesAround(channelId, id, limit);
  return world.messages(channelId, { [name]: id, limit });
}

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit)) {
    throw invalidForm('limit', 'NUMBER_TYPE_COERCE', `Value "${text}" is not int.`);
  }
  if (limit < 1)
    throw invalidForm('limit', 'NUMBER_TYPE_MIN', 'int value should be greater than or equal to 1.');
  if (limit > MAX_LIMIT) {
    throw invalidForm('limit', 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${MAX_LIMIT}.`);
  }
  return limit;
}
