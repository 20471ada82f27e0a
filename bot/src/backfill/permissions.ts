import { type APIGuildMember, type APIRole, OverwriteType, PermissionFlagsBits } from 'discord.js';

/** What is needed of a guild to know what the bot may do in its channels. */
export interface GuildAccess {
  guildId: string;
  /** Undefined when unknown. */
  ownerId: string | undefined;
  roles: readonly Pick<APIRole, 'id' | 'permissions'>[];
  /** The bot itself. */
  member: { userId: string; roles: APIGuildMember['roles'] };
}

/** An overwrite of a channel; the bit fields are in decimal. */
export interface Overwrite {
  id: string;
  type: OverwriteType;
  allow: string;
  deny: string;
}

const NEEDED = PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory;

/**
 * Whether the bot may read the history of a channel with these overwrites.
 * @see https://discord.com/developers/docs/topics/permissions#permission-overwrites
 */
export function mayReadHistory(access: GuildAccess, overwrites: readonly Overwrite[]): boolean {
  const { guildId, ownerId, roles, member } = access;
  if (member.userId === ownerId) return true;
  const own = new Set([guildId, ...member.roles]);
  let permissions = 0n;
  for (const role of roles) if (own.has(role.id)) permissions |= BigInt(role.permissions);
  if ((permissions & PermissionFlagsBits.Administrator) !== 0n) return true;

  const apply = (chosen: readonly Overwrite[]) => {
    let allow = 0n;
    let deny = 0n;
    for (const overwrite of chosen) {
      allow |= BigInt(overwrite.allow);
      deny |= BigInt(overwrite.deny);
    }
    permissions = (permissions & ~deny) | allow;
  };
  // Discord's order: everyone, then all roles together, then the member.
  apply(overwrites.filter(({ id }) => id === guildId));
  apply(overwrites.filter(({ id, type }) => type === OverwriteType.Role && id !== guildId && own.has(id)));
  apply(overwrites.filter(({ id, type }) => type === OverwriteType.Member && id === member.userId));
  return (permissions & NEEDED) === NEEDED;
}
