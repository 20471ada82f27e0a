import { GatewayDispatchEvents } from 'discord.js';
import { interactionSchema } from '../../interactions/interaction';
import type { HandleInteraction } from '../../interactions/interaction-handler';
import { type AnyDispatchHandler, dispatchHandler } from './dispatch-table';

/** INTERACTION_CREATE: somebody used a command, a component or a form. No gateway intent is needed for it. */
export function interactionDispatches(handleInteraction: HandleInteraction): AnyDispatchHandler[] {
  return [
    dispatchHandler({
      type: GatewayDispatchEvents.InteractionCreate,
      schema: interactionSchema,
      handle: handleInteraction,
    }),
  ];
}
