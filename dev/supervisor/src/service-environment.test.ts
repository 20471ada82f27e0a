import { expect, test } from 'bun:test';
import { botEnvironment, isSet, svcEnvironment } from './service-environment';

const addresses = {
  natsUrl: 'nats://127.0.0.1:1',
  databaseUrl: 'postgres://127.0.0.1:2/popple',
  discord: { token: 'local', apiUrl: 'http://127.0.0.1:3/api' },
};

test('each service gets what it needs and nothing else', () => {
  const env = { PATH: '/bin', LOG_LEVEL: 'debug', DISCORD_TOKEN: '', DATABASE_URL: '' };
  expect(svcEnvironment(env, addresses)).toEqual({
    PATH: '/bin',
    LOG_LEVEL: 'debug',
    NATS_URL: 'nats://127.0.0.1:1',
    DATABASE_URL: 'postgres://127.0.0.1:2/popple',
  });
  expect(botEnvironment(env, addresses)).toEqual({
    PATH: '/bin',
    LOG_LEVEL: 'debug',
    NATS_URL: 'nats://127.0.0.1:1',
    DISCORD_TOKEN: 'local',
    DISCORD_API_URL: 'http://127.0.0.1:3/api',
  });
});

test('what the person set stays as they set it, by value or by file', () => {
  const env = {
    NATS_URL_FILE: '/run/nats',
    DATABASE_URL: 'postgres://mine',
    DISCORD_TOKEN_FILE: '/run/token',
  };
  const none = { natsUrl: undefined, databaseUrl: undefined, discord: undefined };
  expect(svcEnvironment(env, none)).toEqual({ NATS_URL_FILE: '/run/nats', DATABASE_URL: 'postgres://mine' });
  expect(botEnvironment(env, none)).toEqual({ NATS_URL_FILE: '/run/nats', DISCORD_TOKEN_FILE: '/run/token' });
});

test('an empty variable is not set', () => {
  expect(isSet({ DISCORD_TOKEN: '' }, 'DISCORD_TOKEN')).toBe(false);
  expect(isSet({ DISCORD_TOKEN: 'x' }, 'DISCORD_TOKEN')).toBe(true);
  expect(isSet({ DISCORD_TOKEN_FILE: '/x' }, 'DISCORD_TOKEN')).toBe(true);
});
