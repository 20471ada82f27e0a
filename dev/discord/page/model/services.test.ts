import { expect, test } from 'bun:test';
import type { ServiceStatus } from '../../src/chat-contract';
import { serviceState, troubles } from './services';

const service = (name: ServiceStatus['name'], state: ServiceStatus['state'], detail = ''): ServiceStatus => ({
  name,
  state,
  detail,
});

test('nothing is said where nothing is wrong, or nothing is known', () => {
  expect(troubles(undefined)).toEqual([]);
  expect(troubles([service('bot', 'ready'), service('svc', 'ready')])).toEqual([]);
});

test('a service that does not run is named, with what that means', () => {
  expect(
    troubles([service('bot', 'ready'), service('svc', 'down', 'ended by itself with signal SIGKILL')]),
  ).toEqual(['svc is not running: karma waits and is counted when it is back.']);
  expect(troubles([service('bot', 'starting')])).toEqual([
    'bot is starting: what is said is read and answered when it is back.',
  ]);
});

test('what is not ready because something else does not run is left out', () => {
  const waiting = service('svc', 'not-ready', 'postgres: not connected');
  expect(troubles([waiting, service('postgres', 'down')])).toEqual([
    'Postgres is not running: karma waits and is counted when it is back.',
  ]);
  expect(troubles([waiting, service('postgres', 'ready')])).toEqual([
    'svc is not ready (postgres: not connected): karma waits and is counted when it is back.',
  ]);
});

test('a state is said with what is wrong', () => {
  expect(serviceState(service('svc', 'ready'))).toBe('ready');
  expect(serviceState(service('svc', 'down', 'exit code 3'))).toBe('not running (exit code 3)');
});
