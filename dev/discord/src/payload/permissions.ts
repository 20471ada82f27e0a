import { PermissionFlagsBits } from 'discord-api-types/v10';
import type { Channel, Guild, Permission } from '../world/model';

/** What everybody, the bot included, may do where nothing was taken away. */
const EVERYONE: readonly bigint[] = [
  PermissionFlagsBits.ViewChannel,
  PermissionFlagsBits.SendMessages,
  PermissionFlagsBits.SendMessagesInThreads,
  PermissionFlagsBits.ReadMessageHistory,
  PermissionFlagsBits.AddReactions,
  PermissionFlagsBits.EmbedLinks,
  PermissionFlagsBits.UseExternalEmojis,
  PermissionFlagsBits.AttachFiles,
  PermissionFlagsBits.UseApplicationCommands,
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

/** What a member may do in a server: everything, for its owner and for administrators. */
export function memberPermissions(guild: Guild, userId: string): string {
  return String(
    isAdministrator(guild, userId) ? union(Object.values(PermissionFlagsBits)) : ofRoles(guild, userId),
  );
}

/** Whether a member may do everything in a server. */
export function isAdministrator(guild: Guild, userId: string): boolean {
  return guild.ownerId === userId || (ofRoles(guild, userId) & PermissionFlagsBits.Administrator) !== 0n;
}

function ofRoles(guild: Guild, userId: string): bigint {
  const roles = (guild.roles ?? []).filter(({ memberIds }) => memberIds.includes(userId));
  return union([...EVERYONE, ...roles.map(({ permissions }) => BigInt(permissions))]);
}

/** What the bot may do in a channel. */
export function botPermissions({ denied }: Channel): string {
  const taken = denied.includes('ViewChannel') ? union(EVERYONE) : union(denied.map((name) => BITS[name]));
  return String(union(EVERYONE) & ~taken);
}

function union(bits: readonly bigint[]): bigint {
  return bits.reduce((all, bit) => all | bit, 0n);
}
