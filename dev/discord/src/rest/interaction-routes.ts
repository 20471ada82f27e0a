import {
  InteractionResponseType,
  MessageFlags,
  type RESTPostAPIInteractionCallbackWithResponseResult,
} from 'discord-api-types/v10';
import { z } from 'zod';
import { messagePayload } from '../payload/message';
import type { Interaction, InteractionAnswer } from '../world/interaction';
import type { Message } from '../world/model';
import type { World } from '../world/world';
import { alreadyAcknowledged, unknownInteraction, withinField } from './errors';
import { type CallbackForm, readCallback, readChoices } from './forms/callback-form';
import { readModal } from './forms/component-form';
import { replyTo } from './interaction-reply';
import { composed } from './message-composition';
import { readMessageForm } from './message-form';
import type { UploadedFile } from './multipart';
import { NO_CONTENT, ok, type RestContext, type RestRequest, type Route } from './route';

/** The first answer to an interaction. Its token is in the path, so the bot's is not asked for. */
export const interactionRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/interactions/:interactionId/:token/callback',
    bucket: 'others',
    isPublic: true,
    isUncounted: true,
    handle: (context, request) => {
      const { world } = context;
      const interaction = waitingInteraction(context, request);
      const fault = context.interactionFaults.take();
      if (fault === 'too-late') {
        world.interactions.fail(interaction);
        throw unknownInteraction();
      }
      const message = answerWith(world, interaction, readCallback(request.body, interaction), request.files);
      if (fault === 'token-expires') interaction.expiresAtMs = Date.now();
      if (fault === 'answered-before') throw alreadyAcknowledged();
      if (request.query.get('with_response') !== 'true') return NO_CONTENT;
      return ok(callbackPayload(world, interaction, message));
    },
  },
];

/** The interaction of the path. Raises `ApiError`: 404 (10062) when it is unknown or late, 400 (40060) when answered. */
function waitingInteraction({ world, settings }: RestContext, { params }: RestRequest): Interaction {
  const interaction = world.interactions.find(params.interactionId ?? '');
  if (!interaction || interaction.token !== params.token) throw unknownInteraction();
  if (interaction.state === 'acknowledged') throw alreadyAcknowledged();
  // The clock, and not the timer alone: a busy process runs its timers late.
  if (Date.now() - interaction.atMs > settings.interactionDeadlineMs) world.interactions.fail(interaction);
  if (interaction.state === 'failed') throw unknownInteraction();
  return interaction;
}

/** Does what the app answers. Returns the message that was created or updated. */
function answerWith(
  world: World,
  interaction: Interaction,
  { type, data }: CallbackForm,
  files: readonly UploadedFile[],
): Message | null {
  const acknowledge = (answer: InteractionAnswer, original: Message | null): Message | null => {
    world.interactions.acknowledge(interaction, answer, original);
    return original;
  };
  switch (type) {
    case InteractionResponseType.ChannelMessageWithSource: {
      const form = withinField('data', () => readMessageForm(data, files));
      return acknowledge(
        { type },
        replyTo(
          world,
          interaction,
          withinField('data', () => composed(world, form)),
          {
            isEphemeral: (form.flags & MessageFlags.Ephemeral) !== 0,
          },
        ),
      );
    }
    case InteractionResponseType.DeferredChannelMessageWithSource: {
      const { flags } = deferredSchema.parse(data);
      const announced = { content: '', flags: MessageFlags.Loading };
      return acknowledge(
        { type },
        replyTo(world, interaction, announced, { isEphemeral: (flags & MessageFlags.Ephemeral) !== 0 }),
      );
    }
    case InteractionResponseType.DeferredMessageUpdate:
      return acknowledge({ type }, interaction.message);
    case InteractionResponseType.UpdateMessage: {
      const { message } = interaction;
      if (message === null) throw unknownInteraction();
      const form = withinField('data', () => readMessageForm(data, files, message.flags));
      const change = withinField('data', () => composed(world, form, message));
      return acknowledge({ type }, world.edit(message.channelId, message.id, change));
    }
    case InteractionResponseType.ApplicationCommandAutocompleteResult:
      return acknowledge({ type, choices: readChoices(data) }, null);
    case InteractionResponseType.Modal:
      return acknowledge({ type, modal: readModal(data) }, null);
  }
}

/** Of the flags only EPHEMERAL counts, and nothing else of the data. */
const deferredSchema = z.object({ flags: z.int() }).catch({ flags: 0 });

function callbackPayload(
  world: World,
  interaction: Interaction,
  message: Message | null,
): RESTPostAPIInteractionCallbackWithResponseResult {
  const { id, type, answer, channelId, guildId } = interaction;
  const isUpdate =
    answer?.type === InteractionResponseType.UpdateMessage ||
    answer?.type === InteractionResponseType.DeferredMessageUpdate;
  // Discord's types do not name the places.
  const about = {
    id,
    type,
    channel_id: channelId,
    ...(guildId === null ? {} : { guild_id: guildId }),
    ...(message === null
      ? {}
      : {
          response_message_id: message.id,
          response_message_loading: (message.flags & MessageFlags.Loading) !== 0,
          response_message_ephemeral: message.visibleTo !== undefined,
        }),
  };
  return {
    interaction: about,
    ...(message === null
      ? {}
      : {
          resource: {
            type: isUpdate
              ? InteractionResponseType.UpdateMessage
              : InteractionResponseType.ChannelMessageWithSource,
            message: messagePayload(world, message),
          },
        }),
  };
}
