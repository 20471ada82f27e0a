import { expect, test } from 'bun:test';
import type { ChatPart } from '../chat-contract';
import { until } from '../testing/real-clients';
import { PartsBoard } from './parts-board';

const svc = (state: ChatPart['state']): ChatPart => ({ name: 'svc', state, detail: '' });

test('listeners hear of what differs, and a report that is not repeated is forgotten', async () => {
  const board = new PartsBoard(300);
  const heard: unknown[] = [];
  board.onChange((parts) => heard.push(parts));
  expect(board.parts).toBeNull();
  board.report([svc('ready')]);
  board.report([svc('ready')]);
  board.report([svc('down')]);
  expect(heard).toEqual([[svc('ready')], [svc('down')]]);
  await until(() => board.parts === null, 'the end of what was reported');
  expect(heard.at(-1)).toBeNull();
  board.report([svc('ready')]);
  expect(heard.at(-1)).toEqual([svc('ready')]);
  board.stop();
});
