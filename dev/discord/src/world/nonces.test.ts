import { expect, test } from 'bun:test';
import { NonceMemory } from './nonces';

test('a nonce is known in its channel, for its author, and for a while', () => {
  const memory = new NonceMemory(() => 100);
  memory.remember('channel', 'author', '7', 'message', 1000);
  expect(memory.find('channel', 'author', '7', 1100)).toBe('message');
  expect(memory.find('channel', 'author', 7, 1100)).toBe('message');
  expect(memory.find('channel', 'author', '7', 1101)).toBeUndefined();
  expect(memory.find('other', 'author', '7', 1000)).toBeUndefined();
  expect(memory.find('channel', 'other', '7', 1000)).toBeUndefined();
});

test('a nonce that is used again stands for the newer message', () => {
  const memory = new NonceMemory(() => 100);
  memory.remember('channel', 'author', '7', 'first', 1000);
  memory.remember('channel', 'author', '8', 'between', 1050);
  memory.remember('channel', 'author', '7', 'second', 1090);
  memory.remember('channel', 'author', '9', 'last', 1160);
  expect(memory.find('channel', 'author', '7', 1180)).toBe('second');
});
