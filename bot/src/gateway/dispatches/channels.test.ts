import { expect, test } from 'bun:test';
import { ChannelType, GatewayDispatchEvents, type GatewayDispatchPayload, GatewayOpcodes } from 'discord.js';
import { ChannelParents } from '../../intake/channel-parents';
import { channelDispatches } from './channels';
import { DispatchTable } from './dispatch-table';
import { permissionDispatches } from './permissions';
import { SequenceTracker } from './sequence';

const TEXT = { id: '2', guild_id: '7', type: ChannelType.GuildText, parent_id: '1' };
const THREAD = { id: '3', guild_id: '7', type: ChannelType.PublicThread, parent_id: '2' };

/** What is above the thread after these dispatches. */
function above(...dispatches: [GatewayDispatchEvents, unknown][]) {
  const parents = new ChannelParents();
  const handlers = [...channelDispatches(parents), ...permissionDispatches('100', () => undefined, parents)];
  const table = new DispatchTable(handlers, {
    note: (what, detail) => {
      throw new Error(`${what}: ${detail}`);
    },
  });
  const tracker = new SequenceTracker();
  for (const [index, [t, d]] of dispatches.entries())
    table.dispatch({ op: GatewayOpcodes.Dispatch, t, s: index + 1, d } as GatewayDispatchPayload, tracker);
  expect(tracker.pending).toBe(0);
  return parents.above(THREAD.id);
}

test('what is created is where it says', () => {
  expect(
    above([GatewayDispatchEvents.ChannelCreate, TEXT], [GatewayDispatchEvents.ThreadCreate, THREAD]),
  ).toEqual({ parents: ['2', '1'], unknown: undefined });
});

test('what is moved is where it is now', () => {
  expect(
    above(
      [GatewayDispatchEvents.ThreadUpdate, THREAD],
      [GatewayDispatchEvents.ChannelUpdate, { ...TEXT, parent_id: '9' }],
    ),
  ).toEqual({ parents: ['2', '9'], unknown: undefined });
});

test('threads of a channel that the bot may see now are where the list says, but one that cannot be read', () => {
  const listed = [
    GatewayDispatchEvents.ThreadListSync,
    { guild_id: '7', threads: [{ id: 5 }, THREAD], members: [] },
  ] as const;
  expect(above([...listed])).toEqual({ parents: ['2'], unknown: '2' });
});

test('what is deleted is not known', () => {
  expect(
    above([GatewayDispatchEvents.ThreadCreate, THREAD], [GatewayDispatchEvents.ThreadDelete, THREAD]),
  ).toEqual({ parents: [], unknown: '3' });
  expect(
    above(
      [GatewayDispatchEvents.ChannelCreate, TEXT],
      [GatewayDispatchEvents.ThreadCreate, THREAD],
      [GatewayDispatchEvents.ChannelDelete, TEXT],
    ),
  ).toEqual({ parents: ['2'], unknown: '2' });
});
