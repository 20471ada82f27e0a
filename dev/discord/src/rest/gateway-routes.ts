import type { RESTGetAPIGatewayBotResult, RESTGetAPIGatewayResult } from 'discord-api-types/v10';
import { ok, type Route } from './route';

const GUILDS_PER_RECOMMENDED_SHARD = 1000;

/** Where the gateway is, and how it may be used. */
export const gatewayRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/gateway',
    bucket: 'others',
    isPublic: true,
    handle: (_context, { gatewayUrl }) => {
      const result: RESTGetAPIGatewayResult = { url: gatewayUrl };
      return ok(result);
    },
  },
  {
    method: 'GET',
    path: '/gateway/bot',
    bucket: 'others',
    handle: ({ world, settings, identifyLimit }, { gatewayUrl }) => {
      const { total, remaining, resetAfterMs } = identifyLimit.status(Date.now());
      const result: RESTGetAPIGatewayBotResult = {
        url: gatewayUrl,
        shards:
          settings.recommendedShards ??
          Math.max(1, Math.ceil(world.guildCount / GUILDS_PER_RECOMMENDED_SHARD)),
        session_start_limit: {
          total,
          remaining,
          reset_after: resetAfterMs,
          max_concurrency: settings.maxConcurrency,
        },
      };
      return ok(result);
    },
  },
];
