import {
  type APIInteractionResponse,
  type APIMessage,
  type APIMessageTopLevelComponent,
  ApplicationCommandType,
  ComponentType,
  InteractionType,
  type RESTPostAPIInteractionCallbackWithResponseResult,
  Routes,
} from 'discord-api-types/v10';
import type { LocalDiscord } from '../local-discord';
import type { Interaction } from '../world/interaction';
import { firstPlace, restFor } from './real-clients';

/** A slash command is used, whether it is registered or not. */
export function useCommand(discord: LocalDiscord, userId?: string, channelName?: string): Interaction {
  const { guildId, channelId: firstId, authorId } = firstPlace(discord);
  const named = discord.world.channels(guildId).find(({ name }) => name === channelName);
  const channelId = named?.id ?? firstId;
  return discord.world.interactions.begin({
    type: InteractionType.ApplicationCommand,
    userId: userId ?? authorId,
    channelId,
    guildId,
    data: { id: '1', type: ApplicationCommandType.ChatInput, name: 'karma' },
    commandName: 'karma',
  });
}

/** An option of a slash command is being written. */
export function askForSuggestions(discord: LocalDiscord): Interaction {
  const { guildId, channelId, authorId } = firstPlace(discord);
  return discord.world.interactions.begin({
    type: InteractionType.ApplicationCommandAutocomplete,
    userId: authorId,
    channelId,
    guildId,
    data: {
      id: '1',
      type: ApplicationCommandType.ChatInput,
      name: 'karma',
      options: [{ type: 3, name: 'what', value: 'bui', focused: true }],
    },
  });
}

/** A button is pressed, on a new message of the bot unless another is given. */
export function pressButton(discord: LocalDiscord, messageId?: string): Interaction {
  const { guildId, channelId, authorId } = firstPlace(discord);
  const { world } = discord;
  const components: APIMessageTopLevelComponent[] = [
    { type: 1, id: 1, components: [{ type: 2, id: 2, style: 1, label: 'Next', custom_id: 'b1:next' }] },
  ];
  const message =
    (messageId === undefined ? undefined : world.message(channelId, messageId)) ??
    world.say({ channelId, authorId: world.botId, content: 'Board', components });
  return world.interactions.begin({
    type: InteractionType.MessageComponent,
    userId: authorId,
    channelId,
    guildId,
    data: { custom_id: 'b1:next', component_type: ComponentType.Button },
    message,
  });
}

/** A modal is submitted that another interaction was answered with. */
export function submitModal(discord: LocalDiscord, trigger: Interaction): Interaction {
  const { userId, channelId, guildId, message } = trigger;
  return discord.world.interactions.begin({
    type: InteractionType.ModalSubmit,
    userId,
    channelId,
    guildId,
    data: {
      custom_id: 'm1:reason',
      components: [
        { type: 18, id: 1, component: { type: 4, id: 2, custom_id: 'reason', value: 'for the build' } },
      ],
    },
    message,
    trigger,
  });
}

type Identified = Pick<Interaction, 'id' | 'token'>;

/** Answers an interaction through the real library, without the bot's token, once. */
export async function answer(
  discord: LocalDiscord,
  { id, token }: Identified,
  body: APIInteractionResponse | object,
): Promise<void> {
  await restFor(discord).post(Routes.interactionCallback(id, token), { body, auth: false });
}

/** As `answer`, and what Discord says of it. */
export async function answerFor(
  discord: LocalDiscord,
  { id, token }: Identified,
  body: APIInteractionResponse | object,
): Promise<RESTPostAPIInteractionCallbackWithResponseResult> {
  const query = new URLSearchParams({ with_response: 'true' });
  const result = await restFor(discord).post(Routes.interactionCallback(id, token), {
    body,
    auth: false,
    query,
  });
  return result as RESTPostAPIInteractionCallbackWithResponseResult;
}

/** What one can do with a reply, through the real library and without the bot's token. */
export function webhookOf(discord: LocalDiscord, { token }: Pick<Interaction, 'token'>) {
  const { botId } = discord.world;
  const rest = restFor(discord);
  const path = (messageId: string) => Routes.webhookMessage(botId, token, messageId);
  return {
    async get(messageId = '@original') {
      return (await rest.get(path(messageId), { auth: false })) as APIMessage;
    },
    async edit(body: object, messageId = '@original') {
      return (await rest.patch(path(messageId), { body, auth: false })) as APIMessage;
    },
    async remove(messageId = '@original') {
      await rest.delete(path(messageId), { auth: false });
    },
    async followUp(body: object) {
      return (await rest.post(Routes.webhook(botId, token), { body, auth: false })) as APIMessage;
    },
  };
}
