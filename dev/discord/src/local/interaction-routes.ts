import { commandsQuerySchema, invocationSchema } from '../interaction-contract';
import type { World } from '../world/world';
import { commandsFor } from './command-access';
import { chatCommand, outcomeOf } from './interaction-view';
import { interactionOf } from './invocation';
import { LocalError, type LocalRoute, parsed } from './local-route';

/** What members do with commands, components and modals: see `interaction-contract.ts`. */
export function interactionRoutes(world: World): LocalRoute[] {
  return [
    {
      method: 'GET',
      path: '/_local/channels/:channelId/commands',
      handle: ({ params, query }) => {
        const { memberId } = parsed(commandsQuerySchema, Object.fromEntries(query));
        const channel = world.channel(params.channelId ?? '');
        if (!channel) throw new LocalError(404, `there is no channel ${params.channelId}`);
        const locale = world.member(memberId)?.locale;
        const commands = commandsFor(world, memberId, channel).map((command) => chatCommand(command, locale));
        return Response.json(commands);
      },
    },
    {
      method: 'POST',
      path: '/_local/interactions',
      handle: async ({ body }) => {
        const interaction = world.interactions.begin(interactionOf(world, parsed(invocationSchema, body)));
        await world.interactions.ended(interaction);
        return Response.json(outcomeOf(interaction));
      },
    },
  ];
}
