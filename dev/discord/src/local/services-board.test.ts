import { expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import type { ServiceStatus } from '../chat-contract';
import { ServicesBoard } from './services-board';

const svc = (state: ServiceStatus['state']): ServiceStatus => ({ name: 'svc', state, detail: '' });

test('listeners hear of what differs, and a report that is not repeated is forgotten', async () => {
  const board = new ServicesBoard(300);
  const heard: unknown[] = [];
  board.onChange((services) => heard.push(services));
  expect(board.services).toBeNull();
  board.report([svc('ready')]);
  board.report([svc('ready')]);
  board.report([svc('down')]);
  expect(heard).toEqual([[svc('ready')], [svc('down')]]);
  await until(() => board.services === null, 'the end of what was reported');
  expect(heard.at(-1)).toBeNull();
  board.report([svc('ready')]);
  expect(heard.at(-1)).toEqual([svc('ready')]);
  board.stop();
});
