import { expect, test } from 'bun:test';
import { testEnvironment } from './test-environment';

test('tests see nothing of what a person runs Popple with', () => {
  const env = {
    PATH: '/bin',
    DISCORD_TOKEN: 'secret',
    DATABASE_URL_FILE: '/secret',
    NATS_URL: 'nats://real',
  };
  expect(testEnvironment(env, { POPPLE_TEST_POSTGRES_URL: 'postgres://x' })).toEqual({
    PATH: '/bin',
    POPPLE_TEST_POSTGRES_URL: 'postgres://x',
  });
});
