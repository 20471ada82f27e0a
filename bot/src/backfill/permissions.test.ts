import { describe, expect, test } from 'bun:test';
import { type APIOverwrite, OverwriteType, PermissionFlagsBits } from 'discord.js';
import { type GuildAccess, mayReadHistory } from './permissions';

const READ = String(PermissionFlagsBits.ViewChannel | PermissionFlagsBits.ReadMessageHistory);
const VIEW = String(PermissionFlagsBits.ViewChannel);

const guild = (everyone: string, bot = '0', rest: Partial<GuildAccess> = {}): GuildAccess => ({
  guildId: '1',
  ownerId: '9',
  roles: [
    { id: '1', permissions: everyone },
    { id: '2', permissions: bot },
    { id: '3', permissions: READ },
  ],
  member: { userId: '5', roles: ['2'] },
  ...rest,
});
const role = (id: string, allow: string, deny: string): APIOverwrite => ({
  id,
  type: OverwriteType.Role,
  allow,
  deny,
});
const member = (id: string, allow: string, deny: string): APIOverwrite => ({
  id,
  type: OverwriteType.Member,
  allow,
  deny,
});

describe('mayReadHistory', () => {
  test.each<[string, GuildAccess, APIOverwrite[], boolean]>([
    ['everyone may', guild(READ), [], true],
    ['nobody said so', guild('0'), [], false],
    ['seeing is not reading', guild(VIEW), [], false],
    ['a role of the bot may', guild('0', READ), [], true],
    ['a role of others may', guild('0', '0'), [], false],
    ['the channel is closed to everyone', guild(READ), [role('1', '0', VIEW)], false],
    ['closed to everyone, open to the role', guild(READ), [role('1', '0', VIEW), role('2', VIEW, '0')], true],
    ['closed to a role of others', guild(READ), [role('3', '0', VIEW)], true],
    [
      'open to the role, closed to the bot',
      guild(READ),
      [role('2', READ, '0'), member('5', '0', VIEW)],
      false,
    ],
    ['closed to the role, open to the bot', guild('0'), [role('2', '0', READ), member('5', READ, '0')], true],
    [
      'an administrator may anyway',
      guild(String(PermissionFlagsBits.Administrator)),
      [role('1', '0', READ)],
      true,
    ],
    ['so may the owner', guild('0', '0', { ownerId: '5' }), [role('1', '0', READ)], true],
  ])('%s', (_what, access, overwrites, expected) => {
    expect(mayReadHistory(access, overwrites)).toBe(expected);
  });
});
