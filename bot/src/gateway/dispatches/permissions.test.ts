import { expect, test } from 'bun:test';
import { GatewayDispatchEvents, type GatewayDispatchPayload, GatewayOpcodes } from 'discord.js';
import { DispatchTable } from './dispatch-table';
import { permissionDispatches } from './permissions';
import { SequenceTracker } from './sequence';

const BOT = '100';
const GUILD = '200';

/** In which servers permissions have changed, by a dispatch with this payload. */
function changedBy(t: GatewayDispatchEvents, d: unknown): string[] {
  const changed: string[] = [];
  const handlers = permissionDispatches(BOT, (guildId) => changed.push(guildId));
  const table = new DispatchTable(handlers, { note: (what, detail) => changed.push(`${what}: ${detail}`) });
  table.dispatch(
    { op: GatewayOpcodes.Dispatch, t, s: 1, d } as GatewayDispatchPayload,
    new SequenceTracker(),
  );
  return changed;
}

test.each([
  ['a channel', GatewayDispatchEvents.ChannelUpdate, { guild_id: GUILD }, [GUILD]],
  ['a channel of a direct message', GatewayDispatchEvents.ChannelUpdate, {}, []],
  ['a thread', GatewayDispatchEvents.ThreadUpdate, { guild_id: GUILD }, [GUILD]],
  ['a role', GatewayDispatchEvents.GuildRoleUpdate, { guild_id: GUILD }, [GUILD]],
  ['the bot', GatewayDispatchEvents.GuildMemberUpdate, { guild_id: GUILD, user: { id: BOT } }, [GUILD]],
  ['a member', GatewayDispatchEvents.GuildMemberUpdate, { guild_id: GUILD, user: { id: '300' } }, []],
])('an update of %s', (_, type, data, changed) => {
  expect(changedBy(type, data)).toEqual(changed);
});
