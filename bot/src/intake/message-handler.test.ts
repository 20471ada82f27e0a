import { expect, test } from 'bun:test';
import type { ChangeKarma, Request } from '@popple/shared/contract/request';
import { MessageType } from 'discord.js';
import type { ChatMessage } from './chat-message';
import { makeMessageHandler } from './message-handler';

const context = { identity: { id: '100', names: ['Popple'] }, startedAtMs: 0 };
const said = (id: string, channelId: string, content: string): ChatMessage => ({
  id,
  channel_id: channelId,
  guild_id: '7',
  type: MessageType.Default,
  content,
  member: { roles: [], joined_at: null },
  author: { id: '5' },
});

/** A handler whose changes of karma wait until they are told to go on; `published` has the ids, in their order. */
function open() {
  const published: string[] = [];
  const failures: unknown[] = [];
  const waiting = new Map<string, PromiseWithResolvers<ChangeKarma>>();
  const handle = makeMessageHandler({
    context,
    outbox: {
      add: async (request: Request) => {
        published.push(request.id);
        return 'stored';
      },
    },
    localReplies: { post: async () => undefined },
    managers: { mayManage: async () => true },
    facts: {
      complete: (request) => {
        if (request.changes[0]?.subject !== 'slow') return request;
        const answer = Promise.withResolvers<ChangeKarma>();
        waiting.set(request.id, answer);
        return answer.promise;
      },
    },
    signal: new AbortController().signal,
    fail: (error) => failures.push(error),
  });
  const goOn = (id: string) => waiting.get(id)?.resolve({ id } as ChangeKarma);
  return { handle, goOn, waiting, published, failures };
}

test('what waits for facts holds up its channel, in order, and no other', async () => {
  const { handle, goOn, published } = open();
  const handled = [
    handle(said('1', '11', 'slow++')),
    handle(said('2', '11', '<@100> karma slow')),
    handle(said('3', '12', 'tea++')),
    handle(said('4', '11', 'slow--')),
    handle(said('5', '11', 'tea++')),
  ];
  expect(published).toEqual(['3']);
  goOn('4');
  await Bun.sleep(1);
  expect(published).toEqual(['3']);
  goOn('1');
  await Promise.all(handled);
  expect(published).toEqual(['3', '1', '2', '4', '5']);
  void handle(said('6', '11', 'tea++'));
  expect(published).toEqual(['3', '1', '2', '4', '5', '6']);
});

test('where Discord no longer takes the token the process ends, and the message is not handled', async () => {
  const { handle, waiting, published, failures } = open();
  let isHandled = false;
  void handle(said('1', '11', 'slow++'))?.then(() => {
    isHandled = true;
  });
  const problem = new Error('no token');
  waiting.get('1')?.reject(problem);
  await Bun.sleep(1);
  expect(failures).toEqual([problem]);
  expect(isHandled).toBe(false);
  expect(published).toEqual([]);
});
