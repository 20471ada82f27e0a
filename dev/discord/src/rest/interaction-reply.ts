import { InteractionType, MessageFlags } from 'discord-api-types/v10';
import type { Interaction } from '../world/interaction';
import type { MessageInteraction } from '../world/message-interaction';
import type { Message, MessageChange } from '../world/model';
import type { World } from '../world/world';

/** What a reply pings where nothing is said: whom its text names, but not whom it replies to. */
const PINGS_OF_TEXT = { parse: ['users', 'roles', 'everyone'], repliedUser: false } as const;

/** Posts what the app replies to an interaction: the first reply, or one that follows it. */
export function replyTo(
  world: World,
  interaction: Interaction,
  composition: MessageChange & { readonly content: string },
  { isEphemeral }: { readonly isEphemeral: boolean },
): Message {
  const { content, components, attachments, flags = 0, allowedMentions } = composition;
  const about = describe(interaction);
  const repliesToId =
    interaction.original?.id ??
    about.interactedMessageId ??
    about.targetMessageId ??
    about.trigger?.interactedMessageId;
  const isThere =
    repliesToId !== undefined && world.message(interaction.channelId, repliesToId) !== undefined;
  return world.say({
    channelId: interaction.channelId,
    authorId: world.botId,
    content,
    components,
    attachments,
    flags: flags | (isEphemeral ? MessageFlags.Ephemeral : 0),
    allowedMentions: allowedMentions ?? PINGS_OF_TEXT,
    interaction: about,
    ...(isThere ? { replyTo: repliesToId } : {}),
    ...(isEphemeral ? { visibleTo: interaction.userId } : {}),
  });
}

function describe(interaction: Interaction): MessageInteraction {
  const { id, type, userId, commandName, data, message, trigger, original } = interaction;
  if (type === InteractionType.ApplicationCommandAutocomplete) {
    throw new TypeError(`interaction ${id} asks for suggestions, and no message replies to it`);
  }
  const targetId = 'target_id' in data ? data.target_id : undefined;
  const isMessageMenu = 'resolved' in data && data.resolved !== undefined && 'messages' in data.resolved;
  return {
    id,
    type,
    userId,
    commandName,
    ...(targetId === undefined
      ? {}
      : isMessageMenu
        ? { targetMessageId: targetId }
        : { targetUserId: targetId }),
    ...(type === InteractionType.MessageComponent && message ? { interactedMessageId: message.id } : {}),
    ...(original ? { originalMessageId: original.id } : {}),
    ...(trigger ? { trigger: describe({ ...trigger, original: null }) } : {}),
  };
}
