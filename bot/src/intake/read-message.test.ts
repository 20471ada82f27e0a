import { expect, test } from 'bun:test';
import { MessageType } from 'discord.js';
import { readMessage } from './read-message';

test('the request of a change has what is to be applied, and not where it was written', () => {
  const message = {
    id: '1',
    channel_id: '2',
    guild_id: '3',
    type: MessageType.Default,
    content: 'Alice++ for the cake <@5>--',
    author: { id: '4' },
  };
  const reading = readMessage(message, { identity: { id: '7', names: ['Popple'] }, startedAtMs: 0 });
  expect(reading).toMatchObject({ request: { kind: 'change-karma' } });
  const request = reading !== undefined && 'request' in reading ? reading.request : undefined;
  expect(request?.kind === 'change-karma' ? request.changes : []).toEqual([
    { subject: 'alice', display: 'Alice', delta: 1, reason: 'the cake' },
    { subject: '<@5>', display: '<@5>', delta: -1 },
  ]);
});
