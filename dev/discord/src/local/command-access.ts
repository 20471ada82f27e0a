import { ApplicationCommandType, InteractionContextType, PermissionFlagsBits } from 'discord-api-types/v10';
import { memberPermissions } from '../payload/permissions';
import type { Command } from '../world/command';
import type { Channel } from '../world/model';
import type { World } from '../world/world';

/**
 * Whether Discord's client offers a command to a member in a channel: commands may be for servers or for direct messages
 * only, and for members who have certain permissions, or (`0`) for administrators.
 */
export function mayUse(world: World, command: Command, memberId: string, channel: Channel): boolean {
  const { contexts = null, default_member_permissions: needed, dm_permission: inDms = true } = command;
  if (channel.guildId === null) {
    // A menu of members or messages has nobody else to be used on.
    const isAllowed = contexts === null ? inDms : contexts.includes(InteractionContextType.BotDM);
    return isAllowed && channel.recipientId === memberId;
  }
  if (contexts !== null && !contexts.includes(InteractionContextType.Guild)) return false;
  const guild = world.guild(channel.guildId);
  if (!guild) return false;
  const has = BigInt(memberPermissions(guild, memberId));
  if (needed === null || (has & PermissionFlagsBits.Administrator) !== 0n) return true;
  return needed !== '0' && (has & BigInt(needed)) === BigInt(needed);
}

/** What this member may use in a channel. */
export function commandsFor(world: World, memberId: string, channel: Channel): Command[] {
  return world.commands().filter((command) => mayUse(world, command, memberId, channel));
}

/** Where a command is offered. */
export function kindOf({ type }: Command): 'slash' | 'member' | 'message' {
  if (type === ApplicationCommandType.User) return 'member';
  return type === ApplicationCommandType.Message ? 'message' : 'slash';
}
