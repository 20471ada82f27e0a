import { expect, test } from 'bun:test';
import { actionFor, COMMAND_WORDS } from './commands';

const context = { mention: '<@1>', startedAtMs: 0 };

function textOf(kind: 'help' | 'version'): string {
  const action = actionFor({ kind }, context);
  const reply = 'reply' in action ? action.reply : undefined;
  return reply !== undefined && 'lines' in reply ? reply.lines.join('\n') : '';
}

test('help names every command', () => {
  const text = textOf('help');
  for (const command of ['karma', 'top', 'bot', 'history', 'undo', 'announce', 'help', 'uptime', 'version']) {
    expect(text).toContain(command);
  }
  for (const command of COMMAND_WORDS) expect(text).toContain(`\`${command}`);
  expect(text.length).toBeLessThanOrEqual(2_000);
});

test('the version is that of the package', () => {
  expect(textOf('version')).toMatch(/^Popple \d+\.\d+\.\d+$/);
});

test('no two commands have the same word, and a word is lower case letters', () => {
  expect(new Set(COMMAND_WORDS).size).toBe(COMMAND_WORDS.length);
  expect(COMMAND_WORDS.filter((word) => !/^[a-z]+$/.test(word))).toEqual([]);
});
