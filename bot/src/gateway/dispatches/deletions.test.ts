import { describe, expect, test } from 'bun:test';
import { requestSchema } from '@popple/shared/contract/kinds';
import type { UndoDeleted } from '@popple/shared/contract/request';
import { GatewayDispatchEvents, type GatewayDispatchPayload, GatewayOpcodes } from 'discord.js';
import { makeDeletionHandler } from '../../intake/deletion-handler';
import { HarmlessMessages } from '../../intake/harmless-messages';
import { deletionDispatches } from './deletions';
import { DispatchTable } from './dispatch-table';
import { SequenceTracker } from './sequence';

const [GUILD, CHANNEL] = ['200', '300'];

/** What a dispatch makes the bot publish. `store` says that the stream has it. */
function published(t: GatewayDispatchEvents, d: unknown, harmless = new HarmlessMessages()) {
  const requests: UndoDeleted[] = [];
  const stored = Promise.withResolvers<'stored'>();
  const outbox = {
    add: (request: unknown) => {
      requests.push(request as UndoDeleted);
      return stored.promise;
    },
  };
  const handlers = deletionDispatches(
    makeDeletionHandler({ outbox, harmless, now: () => 1_775_314_187_011 }),
  );
  const unreadable: string[] = [];
  const table = new DispatchTable(handlers, { note: (what) => unreadable.push(what) });
  const tracker = new SequenceTracker();
  table.dispatch({ op: GatewayOpcodes.Dispatch, t, s: 1, d } as GatewayDispatchPayload, tracker);
  return { requests, unreadable, tracker, store: () => stored.resolve('stored') };
}

const place = { channel_id: CHANNEL, guild_id: GUILD };

describe('deleted messages', () => {
  test('one is a request that is named by the message', () => {
    const { requests } = published(GatewayDispatchEvents.MessageDelete, { id: '1', ...place });
    expect(requests).toEqual([
      {
        v: 2,
        id: 'deletion.1',
        at: 1_775_314_187_011,
        guildId: GUILD,
        origin: { kind: 'deletion', channelId: CHANNEL, messageId: '1' },
        kind: 'undo-deleted',
        writtenAt: 1_420_070_400_000,
      },
    ]);
    expect(requests.map((request) => requestSchema.safeParse(request).success)).toEqual([true]);
  });

  test('several at once are one each, and handled when the stream has all', async () => {
    const ids = ['1', '2', '3'];
    const { requests, tracker, store } = published(GatewayDispatchEvents.MessageDeleteBulk, {
      ids,
      ...place,
    });
    expect(requests.map(({ id }) => id)).toEqual(['deletion.1', 'deletion.2', 'deletion.3']);
    expect(tracker.sequence).toBe(0);
    store();
    await Bun.sleep(0);
    expect(tracker.sequence).toBe(1);
  });

  test('those of direct messages are nothing', () => {
    const { requests, tracker } = published(GatewayDispatchEvents.MessageDelete, {
      id: '1',
      channel_id: '2',
    });
    expect([requests, tracker.sequence]).toEqual([[], 1]);
  });

  test('those that are known to have changed nothing are nothing', () => {
    const harmless = new HarmlessMessages(2);
    for (const id of ['1', '2', '3']) harmless.add(id);
    const ids = ['1', '2', '3'];
    const { requests } = published(GatewayDispatchEvents.MessageDeleteBulk, { ids, ...place }, harmless);
    expect(requests.map(({ id }) => id)).toEqual(['deletion.1']);
  });

  test('what cannot be read is skipped', () => {
    const { unreadable, tracker } = published(GatewayDispatchEvents.MessageDeleteBulk, {
      ids: [1],
      ...place,
    });
    expect([unreadable, tracker.sequence]).toEqual([['MESSAGE_DELETE_BULK'], 1]);
  });
});
