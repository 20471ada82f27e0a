import { expect, test } from 'bun:test';
import { changeSettings, DEFAULT_SETTINGS } from './settings';

test('what is left out, or undefined, stays as it is', () => {
  const settings = { ...DEFAULT_SETTINGS, latencyMs: 7 };
  changeSettings(settings, { token: undefined, maxConcurrency: 16 });
  expect(settings).toEqual({ ...DEFAULT_SETTINGS, latencyMs: 7, maxConcurrency: 16 });
});

test('rate limits that are left out are the usual ones', () => {
  const settings = { ...DEFAULT_SETTINGS };
  changeSettings(settings, { rateLimits: { messages: { limit: 1, perMs: 10 }, global: null } });
  expect(settings.rateLimits).toEqual({
    global: null,
    messages: { limit: 1, perMs: 10 },
    reactions: { limit: 1, perMs: 250 },
    others: { limit: 50, perMs: 1000 },
  });
});

test('what a setting cannot be is refused, and changes nothing', () => {
  const settings = { ...DEFAULT_SETTINGS };
  expect(() => changeSettings(settings, { latencyMs: 3, maxConcurrency: 0 })).toThrow();
  expect(settings).toEqual(DEFAULT_SETTINGS);
});
