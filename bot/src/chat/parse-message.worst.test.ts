import { expect, test } from 'bun:test';
import type { Intent } from '../commands/commands';
import { WORST } from './examples/worst';
import { parseMessage } from './parse-message';

const BOT = { id: '7', names: ['Popple', 'Popple Bot'] };

/** Twelve times what Discord lets anybody write: what takes the cube of it or more does not come to its end here. */
const LENGTH = 48_000;

/** Those of which the last line is not all that counts. */
const ELSE: Readonly<Record<string, Intent['kind']>> = {
  'names all different': 'too-many-subjects',
  'groups asked for': 'check-karma',
  'nested groups asked for': 'check-karma',
  'quotes asked for': 'check-karma',
  'a long size': 'bad-board-size',
};

// That the time grows in step with the length is measured by `bun run bench --only parser`.
test.each(Object.entries(WORST))('what is hard to read is read to its end: %j', (what, make) => {
  const message = `${make(LENGTH)}\nlast++`;
  const intent = parseMessage(message, BOT);
  expect(intent.kind).toBe(ELSE[what] ?? 'change-karma');
  if (intent.kind === 'change-karma') {
    const last = { subject: 'last', display: 'last', delta: 1, end: message.length };
    expect(intent.changes).toContainEqual(last);
  }
});
