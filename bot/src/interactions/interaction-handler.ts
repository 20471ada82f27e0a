import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { Request } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import type { Log } from '@popple/shared/observability/log';
import {
  type APIInteractionResponse,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
} from 'discord.js';
import type { Asked } from '../commands/command';
import type { SlashAction } from '../commands/slash/slash-command';
import { slashAction, typedSubject } from '../commands/slash/slash-commands';
import { withMemberFacts } from '../intake/member-facts';
import { respondFirst } from './acknowledge';
import type { Interaction } from './interaction';
import type { InteractionApi, InteractionKey } from './interaction-api';
import type { InteractionRequests } from './interaction-requests';

/** Longest name and value of a suggestion. */
const MAX_CHOICE_LENGTH = 100;
const ONLY_IN_SERVERS = 'There is karma in servers only, so use this in one.';

/** Handles an interaction: resolves when what it asks for is in the stream, or when there is nothing left to do. */
export type HandleInteraction = (interaction: Interaction) => Promise<void> | undefined;

export interface InteractionHandlerOptions {
  api: InteractionApi;
  requests: Pick<InteractionRequests, 'take'>;
  /** The subjects of a server with a text in their name, for suggestions. */
  findSubjects(guildId: string, text: string): Promise<string[]>;
  log: Log;
  /** Aborted when the process is stopping. */
  signal: AbortSignal;
}

/** What Discord says of the members that take part, as a change of karma needs it. */
function withFacts(asked: Asked, { member, channel, data }: Interaction): Asked {
  if (asked.kind !== 'change-karma') return asked;
  const { users, members } = data?.resolved ?? {};
  const mentions = Object.values(users ?? {}).map((user) => ({ ...user, member: members?.[user.id] }));
  const parentId = channel?.parent_id;
  return {
    ...withMemberFacts(asked, { member, mentions }),
    ...(parentId ? { channelParents: [parentId] } : {}),
  };
}

/** Handles interactions as the gateway brings them. */
export function makeInteractionHandler(options: InteractionHandlerOptions): HandleInteraction {
  const { requests, findSubjects } = options;

  const respond = async (key: InteractionKey, body: APIInteractionResponse, atMs: number): Promise<void> => {
    // Nothing depends on it: what Discord does not take, the member tries again.
    await respondFirst(options, key, body, atMs);
  };

  const sayPrivately = (key: InteractionKey, lines: readonly string[], atMs: number): Promise<void> => {
    const data = { content: lines.join('\n'), flags: MessageFlags.Ephemeral } as const;
    return respond(key, { type: InteractionResponseType.ChannelMessageWithSource, data }, atMs);
  };

  const suggest = async (key: InteractionKey, interaction: Interaction, atMs: number): Promise<void> => {
    const text = typedSubject(interaction);
    const { guild_id: guildId } = interaction;
    const displays = text === undefined || !guildId ? [] : await findSubjects(guildId, text);
    const choices = displays
      .filter((display) => display.length <= MAX_CHOICE_LENGTH)
      .map((display) => ({ name: display, value: display }));
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    await respond(key, { type, data: { choices } }, atMs);
  };

  const act = (
    action: SlashAction,
    key: InteractionKey,
    interaction: Interaction,
    receivedAtMs: number,
  ): Promise<void> => {
    if ('say' in action) return sayPrivately(key, action.say, receivedAtMs);
    if ('form' in action) {
      return respond(key, { type: InteractionResponseType.Modal, data: action.form }, receivedAtMs);
    }
    const { guild_id: guildId, channel_id: channelId, member } = interaction;
    if (!guildId || !channelId || !member) return sayPrivately(key, [ONLY_IN_SERVERS], receivedAtMs);
    const origin = {
      kind: 'interaction',
      interactionId: key.id,
      applicationId: key.applicationId,
      channelId,
      userId: member.user.id,
    } as const;
    const asked = withFacts(action.ask, interaction);
    const at = snowflakeTimeMs(key.id);
    const request: Request = { v: CONTRACT_VERSION, id: key.id, at, guildId, origin, ...asked };
    return requests.take({ key, request, reply: action.reply, receivedAtMs });
  };

  return (interaction) => {
    const receivedAtMs = performance.now();
    const { id, application_id: applicationId, token, type, member } = interaction;
    const key = { id, applicationId, token };
    if (type === InteractionType.ApplicationCommandAutocomplete)
      return suggest(key, interaction, receivedAtMs);
    if (!member) return sayPrivately(key, [ONLY_IN_SERVERS], receivedAtMs);
    const action = slashAction(interaction, member.user.id);
    return action === undefined ? undefined : act(action, key, interaction, receivedAtMs);
  };
}
