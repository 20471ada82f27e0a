import { expect, test } from 'bun:test';
import { describeError } from './log';

const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });

test.each([
  ['a plain error', new Error('no'), 'no'],
  ['one with a code', withCode('connect refused', 'ECONNREFUSED'), 'ECONNREFUSED: connect refused'],
  [
    'one whose message has the code',
    withCode('connect ECONNREFUSED', 'ECONNREFUSED'),
    'connect ECONNREFUSED',
  ],
  ['its causes', new Error('a', { cause: new Error('b', { cause: 'c' }) }), 'a (b (c))'],
  ['one without a message', new TypeError(), 'TypeError'],
  ['what is no error', 'text', 'text'],
  [
    "JetStream's words, not their number",
    Object.assign(withCode('503', '503'), { api_error: { description: 'maximum bytes exceeded' } }),
    '503: maximum bytes exceeded',
  ],
])('describes %s', (_what, error, expected) => {
  expect(describeError(error)).toBe(expected);
});
