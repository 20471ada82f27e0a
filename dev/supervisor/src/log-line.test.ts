import { describe, expect, test } from 'bun:test';
import { painter } from './colours';
import { formatLine } from './log-line';

const plain = painter({}, false);
const colourful = painter({}, true);

const time = new Date(2026, 0, 2, 3, 4, 5).toISOString();

describe('a line of pino', () => {
  test('becomes time, level, message and what else it tells', () => {
    const line = JSON.stringify({ level: 'info', time, part: 'bot', msg: 'ready', shard: 0, user: 'Popple' });
    expect(formatLine('bot', line, plain)).toEqual(['bot      | 03:04:05 info  ready shard=0 user=Popple']);
  });

  test('with an error shows where it came from', () => {
    const err = { type: 'Error', message: 'no route', stack: 'Error: no route\n    at dial (net.ts:1:2)' };
    const line = JSON.stringify({ level: 50, time, pid: 1, hostname: 'h', msg: 'lost', err });
    expect(formatLine('svc', line, plain)).toEqual([
      'svc      | 03:04:05 error lost',
      'svc      |   Error: no route',
      'svc      |       at dial (net.ts:1:2)',
    ]);
  });

  test('is coloured by service and level in a terminal', () => {
    const [line] = formatLine('bot', JSON.stringify({ level: 'warn', time, msg: 'slow' }), colourful);
    expect(line).toContain('\x1b[36mbot      |');
    expect(line).toContain('\x1b[33mwarn ');
  });
});

describe('any other line', () => {
  for (const line of ['plain text', '{not json', '{"json":"but no log line"}', '[1, 2]', '  indented']) {
    test(`${line} is passed through`, () => {
      expect(formatLine('postgres', line, plain)).toEqual([`postgres | ${line}`]);
    });
  }
});

describe('colours', () => {
  const isColoured = (env: Record<string, string>, isTerminal: boolean) =>
    painter(env, isTerminal)('red', 'x') !== 'x';
  test('are for terminals, unless NO_COLOR or FORCE_COLOR say otherwise', () => {
    expect(isColoured({}, true)).toBe(true);
    expect(isColoured({}, false)).toBe(false);
    expect(isColoured({ NO_COLOR: '1' }, true)).toBe(false);
    expect(isColoured({ NO_COLOR: '' }, true)).toBe(true);
    expect(isColoured({ FORCE_COLOR: '1' }, false)).toBe(true);
    expect(isColoured({ FORCE_COLOR: '1', NO_COLOR: '1' }, false)).toBe(false);
  });
});
