import { expect, test } from 'bun:test';
import { MessageType } from 'discord.js';
import { readMessage } from './read-message';

const identity = { id: '7', names: ['Popple'] };

test('the request of a change has what Discord says of its author and of the members it mentions', () => {
  const message = {
    id: '1',
    channel_id: '2',
    guild_id: '3',
    type: MessageType.Default,
    content: '<@5>++ <@6>++ <@8>++ tea++',
    author: { id: '4' },
    member: { roles: ['31', 'not a role', '32'], joined_at: '2026-11-25T12:00:00.123000+00:00' },
    mentions: [
      { id: '5', bot: true },
      { id: '6', member: { roles: ['33'] } },
      { id: '9', bot: true },
    ],
  };
  const reading = readMessage(message, { identity, startedAtMs: 0 });
  expect(reading).toMatchObject({
    request: {
      giver: { roles: ['31', '32'], joinedAt: Date.UTC(2026, 10, 25, 12, 0, 0, 123) },
      changes: [
        { subject: '<@5>', receiver: { isBot: true } },
        { subject: '<@6>', receiver: { roles: ['33'] } },
        { subject: '<@8>' },
        { subject: 'tea' },
      ],
    },
  });
});

test('what Discord does not say is left out', () => {
  const message = {
    id: '1',
    channel_id: '2',
    guild_id: '3',
    type: 0,
    content: '<@5>++',
    author: { id: '4' },
  };
  for (const member of [undefined, null, {}, { roles: null, joined_at: 'soon' }]) {
    const reading = readMessage({ ...message, member }, { identity, startedAtMs: 0 });
    expect(reading).toMatchObject({ request: { changes: [{ subject: '<@5>', display: '<@5>', delta: 1 }] } });
    expect(reading).not.toMatchObject({ request: { giver: expect.anything() } });
  }
});

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
