import { expect, test } from 'bun:test';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newerNatsSuite } from './newer-nats-suite';

test.each([...newerNatsSuite])('%s is there', (path) => {
  expect(existsSync(join(import.meta.dir, '../../..', path))).toBe(true);
});
