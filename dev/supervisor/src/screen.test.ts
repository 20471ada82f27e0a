import { expect, test } from 'bun:test';
import { painter } from './colours';
import { openScreen } from './screen';

function record(isTerminal: boolean) {
  let text = '';
  const screen = openScreen(
    (out) => {
      text += out;
    },
    painter({}, false),
    isTerminal,
  );
  return { screen, text: () => text };
}

test('a box is as wide as its widest line', () => {
  const { screen, text } = record(false);
  screen.box(['one', 'three and more']);
  expect(text()).toBe('\n╭────────────────╮\n│ one            │\n│ three and more │\n╰────────────────╯\n\n');
});

test('progress is written over in a terminal', () => {
  const { screen, text } = record(true);
  screen.progress('downloading', 1_000_000, 2_000_000);
  screen.progress('downloading', 2_000_000, 2_000_000);
  screen.say('next');
  expect(text()).toBe(
    '\r\x1b[Kpopple   | downloading: 1.0 MB of 2.0 MB\r\x1b[Kpopple   | downloading: 2.0 MB of 2.0 MB\r\x1b[Kpopple   | next\n',
  );
});

test('progress is told in tenths elsewhere', () => {
  const { screen, text } = record(false);
  for (let n = 1; n <= 100; n++) screen.progress('downloading', n * 10_000, 1_000_000);
  expect(text().split('\n')).toHaveLength(12);
});
