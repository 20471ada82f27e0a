import type { RESTGetAPIChannelUsersThreadsArchivedResult } from 'discord-api-types/v10';
import { threadPayload } from '../payload/channel';
import { channelWith } from './access';
import { invalidForm } from './errors';
import { ok, type RestRequest, type Route } from './route';

const MAX_LIMIT = 100;

/** Threads that are archived. There are no private ones here. */
export const threadRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/channels/:channelId/threads/archived/public',
    bucket: 'others',
    handle: ({ world }, request) => {
      const channel = channelWith(world, request, 'ReadMessageHistory');
      const limit = Number(request.query.get('limit') ?? MAX_LIMIT);
      const beforeMs = readBefore(request);
      const archived = world
        .channels(channel.guildId ?? '')
        .filter(({ parentId, archivedAtMs = beforeMs }) => parentId === channel.id && archivedAtMs < beforeMs)
        .toSorted((a, b) => (b.archivedAtMs ?? 0) - (a.archivedAtMs ?? 0));
      const result: RESTGetAPIChannelUsersThreadsArchivedResult = {
        threads: archived.slice(0, limit).map((thread) => threadPayload(world, thread)),
        members: [],
        has_more: archived.length > limit,
      };
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/channels/:channelId/users/@me/threads/archived/private',
    bucket: 'others',
    handle: ({ world }, request) => {
      channelWith(world, request, 'ReadMessageHistory');
      const result: RESTGetAPIChannelUsersThreadsArchivedResult = {
        threads: [],
        members: [],
        has_more: false,
      };
      return ok(result);
    },
  },
];

function readBefore({ query }: RestRequest): number {
  const text = query.get('before');
  if (text === null) return Number.POSITIVE_INFINITY;
  const beforeMs = Date.parse(text);
  if (Number.isNaN(beforeMs))
    throw invalidForm('before', 'DATE_TIME_TYPE_PARSE', `Could not parse ${text} as ISO8601.`);
  return beforeMs;
}
