import { PermissionFlagsBits } from 'discord-api-types/v10';
import type { Permission } from '../world/model';

/** What everybody, the bot included, may do where nothing was taken away. */
const EVERYONE: readonly bigint[] = [
  PermissionFlagsBits.ViewChannel,
  PermissionFlagsBits.SendMessages,
  PermissionFlagsBits.SendMessagesInThreads,
  PermissionFlagsBits.ReadMessageHistory,
  PermissionFlagsBits.AddReactions,
  PermissionFlagsBits.EmbedLinks,
  PermissionFlagsBits.UseExternalEmojis,
];

const BITS: Readonly<Record<Permission, bigint>> = {
  ViewChannel: PermissionFlagsBits.ViewChannel,
  ReadMessageHistory: PermissionFlagsBits.ReadMessageHistory,
  SendMessages: PermissionFlagsBits.SendMessages | PermissionFlagsBits.SendMessagesInThreads,
  AddReactions: PermissionFlagsBits.AddReactions,
};

export const EVERYONE_PERMISSIONS = String(union(EVERYONE));

/** What a moderator may do beside that. */
export const MANAGER_PERMISSIONS = String(PermissionFlagsBits.ManageGuild);

/** A set of permissions as Discord writes it: a bit field in decimal. */
export function permissionBits(permissions: readonly Permission[]): string {
  return String(union(permissions.map((permission) => BITS[permission])));
}

function union(bits: readonly bigint[]): bigint {
  return bits.reduce((all, bit) => all | bit, 0n);
}
