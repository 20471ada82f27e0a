import {
  type APIMessage,
  type APIMessageInteractionMetadata,
  ApplicationIntegrationType,
  InteractionType,
} from 'discord-api-types/v10';
import type { MessageInteraction } from '../world/message-interaction';
import type { Message } from '../world/model';
import type { World } from '../world/world';
import { deletedUserPayload, userPayload } from './user';

/** What a message has beside its own when it replies to an interaction. */
export function interactionFields(world: World, message: Message): Partial<APIMessage> {
  const { interaction, guildId } = message;
  if (interaction === undefined) return {};
  const { id, type, commandName } = interaction;
  return {
    application_id: world.botId,
    // The app posts through a webhook of its own id.
    webhook_id: world.botId,
    interaction_metadata: metadata(world, interaction, guildId),
    ...(commandName === null
      ? {}
      : { interaction: { id, type, name: commandName, user: userOf(world, interaction.userId) } }),
  };
}

function metadata(
  world: World,
  interaction: MessageInteraction,
  guildId: string | null,
): APIMessageInteractionMetadata {
  const base = {
    id: interaction.id,
    user: userOf(world, interaction.userId),
    authorizing_integration_owners: { [ApplicationIntegrationType.GuildInstall]: guildId ?? '0' },
    ...(interaction.originalMessageId === undefined
      ? {}
      : { original_response_message_id: interaction.originalMessageId }),
  };
  switch (interaction.type) {
    case InteractionType.ApplicationCommand: {
      const { targetUserId, targetMessageId } = interaction;
      return {
        ...base,
        type: interaction.type,
        ...(targetUserId === undefined ? {} : { target_user: userOf(world, targetUserId) }),
        ...(targetMessageId === undefined ? {} : { target_message_id: targetMessageId }),
      };
    }
    case InteractionType.MessageComponent:
      return {
        ...base,
        type: interaction.type,
        interacted_message_id: interaction.interactedMessageId ?? '0',
      };
    case InteractionType.ModalSubmit: {
      const trigger = interaction.trigger && metadata(world, interaction.trigger, guildId);
      if (trigger === undefined || trigger.type === InteractionType.ModalSubmit) {
        throw new TypeError(`the modal of interaction ${interaction.id} was opened by nothing`);
      }
      return { ...base, type: interaction.type, triggering_interaction_metadata: trigger };
    }
  }
}

function userOf(world: World, userId: string) {
  const member = world.member(userId);
  return member ? userPayload(member) : deletedUserPayload(userId);
}
