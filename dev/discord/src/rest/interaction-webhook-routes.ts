import { InteractionResponseType, MessageFlags } from 'discord-api-types/v10';
import { messagePayload } from '../payload/message';
import type { Interaction } from '../world/interaction';
import type { Message } from '../world/model';
import { invalidWebhookToken, unknownMessage, unknownWebhook } from './errors';
import { replyTo } from './interaction-reply';
import { composed } from './message-composition';
import { readMessageForm } from './message-form';
import { NO_CONTENT, ok, type RestContext, type RestRequest, type Route } from './route';

const PATH = '/webhooks/:applicationId/:token';
const MESSAGE_PATH = `${PATH}/messages/:messageId`;
const ORIGINAL = '@original';

const common = { bucket: 'others', isPublic: true, isUncounted: true } as const;

/** What comes after the first answer, for as long as the token lives. It is in the path, so the bot's is not asked for. */
export const interactionWebhookRoutes: readonly Route[] = [
  {
    ...common,
    method: 'POST',
    path: PATH,
    handle: (context, request) => {
      const { world } = context;
      const interaction = answeredInteraction(context, request);
      const { original } = interaction;
      const form = readMessageForm(request.body, request.files);
      if (original && (original.flags & MessageFlags.Loading) !== 0) {
        // As it was before there was `@original`: what follows a deferred reply takes its place.
        const edited = world.edit(original.channelId, original.id, composed(world, form, original));
        return ok(messagePayload(world, edited));
      }
      const message = replyTo(world, interaction, composed(world, form), {
        isEphemeral: (form.flags & MessageFlags.Ephemeral) !== 0,
      });
      interaction.followUps.push(message);
      return ok(messagePayload(world, message));
    },
  },
  {
    ...common,
    method: 'GET',
    path: MESSAGE_PATH,
    handle: (context, request) => {
      const { message } = messageOf(context, request);
      return ok(messagePayload(context.world, message));
    },
  },
  {
    ...common,
    method: 'PATCH',
    path: MESSAGE_PATH,
    handle: (context, request) => {
      const { world } = context;
      const { message } = messageOf(context, request);
      const form = readMessageForm(request.body, request.files, message.flags);
      const edited = world.edit(message.channelId, message.id, composed(world, form, message));
      return ok(messagePayload(world, edited));
    },
  },
  {
    ...common,
    method: 'DELETE',
    path: MESSAGE_PATH,
    handle: (context, request) => {
      const { interaction, message } = messageOf(context, request);
      context.world.remove(message.channelId, message.id);
      if (interaction.original === message) interaction.original = null;
      return NO_CONTENT;
    },
  },
];

/** These have no message, and so no webhook. */
const WITHOUT_MESSAGE: readonly (InteractionResponseType | undefined)[] = [
  InteractionResponseType.ApplicationCommandAutocompleteResult,
  InteractionResponseType.Modal,
];

/**
 * The interaction whose token is in the path. Raises `ApiError`: 401 (50027) for a token that expired or never was, 404
 * (10015) before the first answer and after one without a message.
 */
function answeredInteraction({ world }: RestContext, { params }: RestRequest): Interaction {
  const interaction = world.interactions.byToken(params.token ?? '');
  if (!interaction || Date.now() >= interaction.expiresAtMs) throw invalidWebhookToken();
  const { state, answer } = interaction;
  if (
    params.applicationId !== world.botId ||
    state !== 'acknowledged' ||
    WITHOUT_MESSAGE.includes(answer?.type)
  ) {
    throw unknownWebhook();
  }
  return interaction;
}

/** The message of the path. Raises `ApiError` as above, and 404 (10008) for one that is gone or of another interaction. */
function messageOf(
  context: RestContext,
  request: RestRequest,
): { readonly interaction: Interaction; readonly message: Message } {
  const interaction = answeredInteraction(context, request);
  const { messageId = '' } = request.params;
  const { original, followUps } = interaction;
  const message =
    messageId === ORIGINAL || messageId === original?.id
      ? original
      : followUps.find((followUp) => followUp.id === messageId);
  if (!message || !context.world.find(message.channelId, message.id)) throw unknownMessage();
  return { interaction, message };
}
