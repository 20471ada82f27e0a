import type {
  RESTGetAPIGuildChannelsResult,
  RESTGetAPIGuildMemberResult,
  RESTGetAPIGuildResult,
  RESTGetAPIGuildThreadsResult,
} from 'discord-api-types/v10';
import { channelPayload, guildChannelPayload, threadPayload } from '../payload/channel';
import { guildPayload } from '../payload/guild';
import { memberPayload, userPayload } from '../payload/user';
import type { Guild } from '../world/model';
import type { World } from '../world/world';
import { visibleChannel } from './access';
import { unknownGuild, unknownMember } from './errors';
import { idParam, NO_CONTENT, ok, type RestRequest, type Route } from './route';

/** Discord's types do not name it. */
const ALL_OF_THEM = { has_more: false };

/** Guilds and channels. */
export const guildRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/guilds/:guildId',
    bucket: 'others',
    handle: ({ world }, request) => {
      const result: RESTGetAPIGuildResult = guildPayload(knownGuild(world, request));
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guildId/members/:userId',
    bucket: 'others',
    handle: ({ world }, request) => {
      const guild = knownGuild(world, request);
      const member = world.member(idParam(request, 'userId'));
      if (!member) throw unknownMember();
      const result: RESTGetAPIGuildMemberResult = {
        ...memberPayload(guild, member.id),
        user: userPayload(member),
      };
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guildId/channels',
    bucket: 'others',
    handle: ({ world }, request) => {
      const channels = world.channels(knownGuild(world, request).id);
      const result: RESTGetAPIGuildChannelsResult = channels.flatMap((channel) =>
        channel.kind === 'thread' ? [] : [guildChannelPayload(world, channel)],
      );
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/guilds/:guildId/threads/active',
    bucket: 'others',
    handle: ({ world }, request) => {
      const threads = world
        .channels(knownGuild(world, request).id)
        .filter(
          (channel) =>
            channel.kind === 'thread' &&
            channel.archivedAtMs === undefined &&
            world.botMay(channel, 'ViewChannel'),
        );
      const result: RESTGetAPIGuildThreadsResult = {
        threads: threads.map((thread) => threadPayload(world, thread)),
        members: [],
        ...ALL_OF_THEM,
      };
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/channels/:channelId',
    bucket: 'others',
    handle: ({ world }, request) => ok(channelPayload(world, visibleChannel(world, request))),
  },
  {
    method: 'POST',
    path: '/channels/:channelId/typing',
    bucket: 'others',
    handle: ({ world }, request) => {
      world.typing(visibleChannel(world, request).id, world.botId);
      return NO_CONTENT;
    },
  },
];

function knownGuild(world: World, request: RestRequest): Guild {
  const guild = world.guild(idParam(request, 'guildId'));
  if (!guild) throw unknownGuild();
  return guild;
}
