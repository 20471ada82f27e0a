import { expect, test } from 'bun:test';
import { helpText, inWords, versionText } from './texts';

test.each([
  [0, 'less than a second'],
  [1_000, '1 second'],
  [61_000, '1 minute, 1 second'],
  [3_600_000, '1 hour'],
  [7_500_000, '2 hours, 5 minutes'],
  [90_061_000, '1 day, 1 hour'],
])('%d ms is %s', (durationMs, words) => {
  expect(inWords(durationMs)).toBe(words);
});

test('help names every command', () => {
  const text = helpText('<@1>');
  for (const command of ['karma', 'top', 'bot', 'announce', 'help', 'uptime', 'version']) {
    expect(text).toContain(command);
  }
  expect(text.length).toBeLessThanOrEqual(2_000);
});

test('the version is that of the package', () => {
  expect(versionText()).toMatch(/^Popple \d+\.\d+\.\d+$/);
});
