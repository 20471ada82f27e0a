import { expect, test } from 'bun:test';
import type { ChatPart } from '../../src/chat-contract';
import { partState, troubles } from './parts';

const part = (name: ChatPart['name'], state: ChatPart['state'], detail = ''): ChatPart => ({
  name,
  state,
  detail,
});

test('nothing is said where nothing is wrong, or nothing is known', () => {
  expect(troubles(undefined)).toEqual([]);
  expect(troubles([part('bot', 'ready'), part('svc', 'ready')])).toEqual([]);
});

test('a part that does not run is named, with what that means', () => {
  expect(
    troubles([part('bot', 'ready'), part('svc', 'down', 'ended by itself with signal SIGKILL')]),
  ).toEqual(['svc is not running: karma waits and is counted when it is back.']);
  expect(troubles([part('bot', 'starting')])).toEqual([
    'bot is starting: what is said is read and answered when it is back.',
  ]);
});

test('what is not ready because something else does not run is left out', () => {
  const waiting = part('svc', 'not-ready', 'postgres: not connected');
  expect(troubles([waiting, part('postgres', 'down')])).toEqual([
    'Postgres is not running: karma waits and is counted when it is back.',
  ]);
  expect(troubles([waiting, part('postgres', 'ready')])).toEqual([
    'svc is not ready (postgres: not connected): karma waits and is counted when it is back.',
  ]);
});

test('a state is said with what is wrong', () => {
  expect(partState(part('svc', 'ready'))).toBe('ready');
  expect(partState(part('svc', 'down', 'exit code 3'))).toBe('not running (exit code 3)');
});
