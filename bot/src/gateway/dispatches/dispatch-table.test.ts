import { describe, expect, test } from 'bun:test';
import { GatewayDispatchEvents, type GatewayDispatchPayload, GatewayOpcodes } from 'discord.js';
import { z } from 'zod';
import { type AnyDispatchHandler, DispatchTable, dispatchHandler } from './dispatch-table';
import { SequenceTracker } from './sequence';

const MESSAGE = GatewayDispatchEvents.MessageCreate;

const payload = (t: string, s: number, d: unknown = {}) =>
  ({ op: GatewayOpcodes.Dispatch, t, s, d }) as GatewayDispatchPayload;

const handler = (handle: (data: { id: string }) => Promise<void> | undefined) =>
  dispatchHandler({
    type: MESSAGE,
    schema: z.object({ id: z.string() }),
    messageId: ({ id }) => id,
    handle,
  });

/** A table, how far its session is, and what was found unreadable. */
function open(handlers: readonly AnyDispatchHandler[]) {
  const unreadable: string[] = [];
  const note = (what: string, detail: string, error?: unknown) =>
    void unreadable.push(`${what} ${error === undefined ? '' : 'bug '}${detail}`);
  const table = new DispatchTable(handlers, { note });
  const tracker = new SequenceTracker();
  const dispatch = (...parameters: Parameters<typeof payload>) =>
    table.dispatch(payload(...parameters), tracker);
  return { tracker, unreadable, dispatch };
}

test('the sequence stays below a dispatch until its handler and those of all before it have resolved', async () => {
  const waiting = new Map<string, () => void>();
  const { tracker, dispatch } = open([
    handler(({ id }) => new Promise((resolve) => waiting.set(id, resolve))),
  ]);
  for (const s of [1, 2, 3]) dispatch(MESSAGE, s, { id: `${s}0` });
  dispatch(GatewayDispatchEvents.TypingStart, 4);
  expect(tracker.pending).toBe(4);
  waiting.get('20')?.();
  waiting.get('30')?.();
  await Bun.sleep(0);
  expect([tracker.sequence, tracker.newestMessageId]).toEqual([0, undefined]);
  waiting.get('10')?.();
  await Bun.sleep(0);
  expect([tracker.sequence, tracker.newestMessageId, tracker.pending]).toEqual([4, '30', 0]);
});

describe('is handled at once', () => {
  test('what needs nothing', () => {
    const { tracker, dispatch } = open([handler(() => undefined)]);
    dispatch(MESSAGE, 1, { id: '10' });
    expect([tracker.sequence, tracker.newestMessageId]).toEqual([1, '10']);
  });

  test('a dispatch that no handler takes', () => {
    const { tracker, dispatch } = open([]);
    dispatch(MESSAGE, 7, 'anything');
    expect(tracker.sequence).toBe(7);
  });

  test('a payload that its schema refuses, which the handler does not receive', () => {
    const received: unknown[] = [];
    const { tracker, unreadable, dispatch } = open([handler((data) => void received.push(data))]);
    dispatch(MESSAGE, 1, { id: 5 });
    expect([tracker.sequence, tracker.newestMessageId, received]).toEqual([1, undefined, []]);
    expect(unreadable).toHaveLength(1);
    expect(unreadable[0]).toStartWith('MESSAGE_CREATE id: ');
  });

  test.each([
    [
      'throws',
      () => {
        throw new Error('oh');
      },
    ],
    ['rejects', () => Promise.reject(new Error('oh'))],
  ])('a dispatch whose handler %s', async (_, handle) => {
    const { tracker, unreadable, dispatch } = open([handler(handle)]);
    dispatch(MESSAGE, 1, { id: '10' });
    await Bun.sleep(0);
    expect(tracker.sequence).toBe(1);
    expect(unreadable).toEqual(['MESSAGE_CREATE bug oh']);
  });
});

test('two handlers of the same type are refused', () => {
  expect(() => open([handler(() => undefined), handler(() => undefined)])).toThrow(
    'two handlers take MESSAGE_CREATE',
  );
});
