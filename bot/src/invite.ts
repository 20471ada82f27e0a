import { PermissionFlagsBits } from 'discord.js';

/** What the bot must be permitted in a server, by the names that Discord shows. */
const NEEDED_PERMISSIONS: Readonly<Record<string, bigint>> = {
  'View Channels': PermissionFlagsBits.ViewChannel,
  'Send Messages': PermissionFlagsBits.SendMessages,
  'Send Messages in Threads': PermissionFlagsBits.SendMessagesInThreads,
  'Add Reactions': PermissionFlagsBits.AddReactions,
  'Read Message History': PermissionFlagsBits.ReadMessageHistory,
};

/** All of them as the number that Discord's invite links take. */
const PERMISSIONS_NUMBER = String(Object.values(NEEDED_PERMISSIONS).reduce((all, bit) => all | bit, 0n));

/**
 * The address that invites the bot to a server, with its commands and the permissions it needs.
 * @see https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow
 */
export function inviteLink(applicationId: string, apiUrl: string): string {
  const link = new URL('/oauth2/authorize', apiUrl);
  link.searchParams.set('client_id', applicationId);
  link.searchParams.set('scope', 'bot applications.commands');
  link.searchParams.set('permissions', PERMISSIONS_NUMBER);
  return link.href;
}

/** The names of the needed permissions that a set of them (a bit field in decimal, as Discord writes it) lacks. */
export function missingPermissions(granted: string): string[] {
  const bits = BigInt(granted);
  if ((bits & PermissionFlagsBits.Administrator) !== 0n) return [];
  return Object.entries(NEEDED_PERMISSIONS)
    .filter(([, bit]) => (bits & bit) === 0n)
    .map(([name]) => name);
}
