import { snowflakeSchema } from '@popple/shared/contract/ids';
import { GatewayDispatchEvents } from 'discord.js';
import { z } from 'zod';
import { type PlacedChannel, placedChannelSchema } from '../../intake/channel-parents';
import { type AnyDispatchHandler, dispatchHandler } from './dispatch-table';

/** Who follows where channels and threads are. */
export interface ChannelFollower {
  /** A channel or thread is there now, or has changed. */
  came(channel: PlacedChannel): void;
  /** A channel or thread was deleted. */
  gone(channelId: string): void;
}

const goneSchema = z.object({ id: snowflakeSchema });
/** A thread that cannot be read harms no other. */
const threadsSchema = z.object({ threads: z.array(z.unknown()) });

/**
 * CHANNEL_CREATE, CHANNEL_DELETE, THREAD_CREATE, THREAD_DELETE and THREAD_LIST_SYNC: where channels and threads are.
 * CHANNEL_UPDATE and THREAD_UPDATE are handled where permissions are, which they may change as well.
 */
export function channelDispatches(follower: ChannelFollower): AnyDispatchHandler[] {
  const came = ([GatewayDispatchEvents.ChannelCreate, GatewayDispatchEvents.ThreadCreate] as const).map(
    (type) =>
      dispatchHandler({
        type,
        schema: placedChannelSchema,
        handle: (channel) => void follower.came(channel),
      }),
  );
  const gone = ([GatewayDispatchEvents.ChannelDelete, GatewayDispatchEvents.ThreadDelete] as const).map(
    (type) => dispatchHandler({ type, schema: goneSchema, handle: ({ id }) => void follower.gone(id) }),
  );
  const listed = dispatchHandler({
    type: GatewayDispatchEvents.ThreadListSync,
    schema: threadsSchema,
    handle: ({ threads }) => {
      for (const thread of threads) {
        const placed = placedChannelSchema.safeParse(thread);
        if (placed.success) follower.came(placed.data);
      }
      return undefined;
    },
  });
  return [...came, ...gone, listed];
}
