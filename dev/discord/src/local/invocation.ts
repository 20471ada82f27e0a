import {
  type APIMessageTopLevelComponent,
  ApplicationCommandType,
  ComponentType,
  InteractionResponseType,
  InteractionType,
} from 'discord-api-types/v10';
import type { Invocation } from '../interaction-contract';
import { Resolved } from '../payload/resolved';
import type { InteractionData } from '../world/interaction';
import type { NewInteraction } from '../world/interactions';
import type { Channel, Guild, Message } from '../world/model';
import type { World } from '../world/world';
import { mayUse } from './command-access';
import { readOptions } from './command-options';
import { checkSelection, componentOf } from './component-use';
import { LocalError } from './local-route';
import { submission } from './modal-submission';

type CommandUse = Extract<Invocation, { kind: 'command' | 'autocomplete' }>;

/**
 * What a member does, as Discord's client would send it. Raises `LocalError` (400, 403, 404) for what the client would not
 * let them do.
 */
export function interactionOf(world: World, invocation: Invocation): NewInteraction {
  if (!world.member(invocation.memberId) || invocation.memberId === world.botId) {
    throw new LocalError(404, `there is no member ${invocation.memberId}`);
  }
  switch (invocation.kind) {
    case 'command':
    case 'autocomplete':
      return commandUse(world, invocation);
    case 'component':
      return componentUse(world, invocation);
    case 'modal':
      return modalSubmit(world, invocation);
  }
}

function commandUse(world: World, invocation: CommandUse): NewInteraction {
  const { memberId, commandId } = invocation;
  const { channel, guild, place } = placeOf(world, invocation);
  const command = world.command(commandId);
  if (!command) throw new LocalError(404, `there is no command ${commandId}`);
  if (!mayUse(world, command, memberId, channel)) {
    throw new LocalError(403, `${command.name} is not for this member, or not for this channel`);
  }
  const { id, name, type } = command;
  const resolved = new Resolved(world, guild, memberId);
  const isDraft = invocation.kind === 'autocomplete';
  if (type !== ApplicationCommandType.ChatInput) {
    if (isDraft || invocation.targetId === undefined)
      throw new LocalError(400, `${name} is used on something`);
    const { targetId } = invocation;
    if (type === ApplicationCommandType.User) {
      const target = world.member(targetId);
      if (!target) throw new LocalError(404, `there is no member ${targetId}`);
      resolved.addMember(target);
    } else {
      resolved.addMessage(seenMessage(world, channel, targetId, memberId));
    }
    // Which of the two menus it is, is what `type` says and `resolved` holds.
    const data = { id, name, type, target_id: targetId, ...resolved.fields } as InteractionData;
    return { ...place, type: InteractionType.ApplicationCommand, data, commandName: name };
  }
  const context = { world, guild, channel, resolved, isDraft };
  const { options, path } = readOptions(context, command.options ?? [], invocation.options);
  const data = {
    id,
    name,
    type,
    ...(options.length === 0 ? {} : { options }),
    ...resolved.fields,
  } as InteractionData;
  return {
    ...place,
    type: isDraft ? InteractionType.ApplicationCommandAutocomplete : InteractionType.ApplicationCommand,
    data,
    commandName: [name, ...path].join(' '),
  };
}

function componentUse(world: World, invocation: Extract<Invocation, { kind: 'component' }>): NewInteraction {
  const { memberId, messageId, customId, values = [] } = invocation;
  const { channel, guild, place } = placeOf(world, invocation);
  const message = seenMessage(world, channel, messageId, memberId);
  const component = componentOf(message.components ?? ([] as APIMessageTopLevelComponent[]), customId);
  if (!component || message.authorId !== world.botId) {
    throw new LocalError(404, `there is nothing called ${customId} on message ${messageId}`);
  }
  if (component.disabled) throw new LocalError(400, `${customId} is disabled`);
  const resolved = new Resolved(world, guild, memberId);
  const base = { custom_id: customId, component_type: component.type };
  if (component.type !== ComponentType.Button) {
    checkSelection({ world, guild, resolved }, component, values);
  }
  const data = (
    component.type === ComponentType.Button ? base : { ...base, values, ...resolved.fields }
  ) as InteractionData;
  return { ...place, type: InteractionType.MessageComponent, data, message };
}

function modalSubmit(world: World, invocation: Extract<Invocation, { kind: 'modal' }>): NewInteraction {
  const { memberId, interactionId, values } = invocation;
  const trigger = world.interactions.find(interactionId);
  const answer = trigger?.answer;
  if (!trigger || trigger.userId !== memberId || answer?.type !== InteractionResponseType.Modal) {
    throw new LocalError(404, `interaction ${interactionId} opened no modal for this member`);
  }
  const { channelId, guildId, message } = trigger;
  const guild = guildId === null ? undefined : world.guild(guildId);
  const resolved = new Resolved(world, guild, memberId);
  const components = submission({ world, guild, resolved }, answer.modal, values);
  return {
    type: InteractionType.ModalSubmit,
    userId: memberId,
    channelId,
    guildId,
    data: { custom_id: answer.modal.custom_id, components, ...resolved.fields },
    message,
    trigger,
  };
}

interface Place {
  readonly channel: Channel;
  readonly guild: Guild | undefined;
  readonly place: Pick<NewInteraction, 'userId' | 'channelId' | 'guildId'>;
}

function placeOf(
  world: World,
  { memberId, channelId }: { readonly memberId: string; readonly channelId: string },
): Place {
  const channel = world.channel(channelId);
  if (!channel) throw new LocalError(404, `there is no channel ${channelId}`);
  if (channel.recipientId !== null && channel.recipientId !== memberId) {
    throw new LocalError(403, 'these direct messages are between another member and the bot');
  }
  const { guildId } = channel;
  const guild = guildId === null ? undefined : world.guild(guildId);
  return { channel, guild, place: { userId: memberId, channelId, guildId } };
}

/** A message of the channel that the member can see. */
function seenMessage(world: World, channel: Channel, messageId: string, memberId: string): Message {
  const message = world.find(channel.id, messageId);
  if (message && (message.visibleTo ?? memberId) === memberId) return message;
  throw new LocalError(404, `there is no message ${messageId}`);
}
