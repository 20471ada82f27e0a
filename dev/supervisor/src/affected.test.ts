import { expect, test } from 'bun:test';
import { affectedBy } from './affected';

const none = { bot: false, svc: false, discord: false, migrate: false, install: false };

test.each([
  ['bot/src/main.ts', { bot: true }],
  ['svc/src/main.ts', { svc: true }],
  ['shared/src/config/environment.ts', { bot: true, svc: true }],
  ['db/src/schema.ts', { svc: true }],
  ['db/migrations/0001_more.sql', { svc: true, migrate: true }],
  ['dev/discord/src/world/world.ts', { discord: true }],
  ['bun.lock', { install: true }],
])('%s', (file, affected) => {
  expect(affectedBy([file])).toEqual({ ...none, ...affected });
});

test('several files concern all of theirs', () => {
  expect(affectedBy(['bot/src/a.ts', 'db/migrations/0001.sql'])).toEqual({
    ...none,
    bot: true,
    svc: true,
    migrate: true,
  });
});
