import { snowflakeSchema } from '@popple/shared/contract/ids';
import { GatewayDispatchEvents } from 'discord.js';
import { z } from 'zod';
import type { HandleDeletion } from '../../intake/deletion-handler';
import { type AnyDispatchHandler, dispatchHandler } from './dispatch-table';

/** The channel of what was deleted; one of a direct message has no server, and there is no karma. */
const place = { channel_id: snowflakeSchema, guild_id: snowflakeSchema.nullish() };

/**
 * MESSAGE_DELETE and MESSAGE_DELETE_BULK: somebody deleted a message, or up to 100 at once.
 * @see https://discord.com/developers/docs/events/gateway-events#message-delete-bulk
 */
export function deletionDispatches(handleDeletion: HandleDeletion): AnyDispatchHandler[] {
  return [
    dispatchHandler({
      type: GatewayDispatchEvents.MessageDelete,
      schema: z.object({ id: snowflakeSchema, ...place }),
      handle: ({ id, channel_id: channelId, guild_id: guildId }) =>
        guildId ? handleDeletion({ guildId, channelId, messageIds: [id] }) : undefined,
    }),
    dispatchHandler({
      type: GatewayDispatchEvents.MessageDeleteBulk,
      schema: z.object({ ids: z.array(snowflakeSchema), ...place }),
      handle: ({ ids, channel_id: channelId, guild_id: guildId }) =>
        guildId ? handleDeletion({ guildId, channelId, messageIds: ids }) : undefined,
    }),
  ];
}
