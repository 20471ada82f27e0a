import { expect, test } from 'bun:test';
import type { Event } from '@popple/shared/contract/event';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { askForPage, pageContent, pageOf } from './board-pages';

const board = (count: number, from?: number): Event & { kind: 'board-checked' } => ({
  ...messageEnvelope(),
  kind: 'board-checked',
  end: 'top',
  entries: Array.from({ length: count }, (_, index) => ({ display: `n${index}`, karma: '1' })),
  ...(from === undefined ? {} : { from }),
});

const buttons = (event: Event & { kind: 'board-checked' }) =>
  Object.fromEntries(
    (pageContent(event).components?.[0]?.components ?? []).map((one) => [
      one.label,
      one.disabled ? 'off' : one.custom_id,
    ]),
  );

test('a page has ten entries, and one more says that there is another', () => {
  expect(askForPage('top', 3)).toEqual({ kind: 'check-board', end: 'top', size: 11, from: 21 });
  expect(pageContent(board(11, 11)).lines).toHaveLength(10);
  expect(pageContent(board(11, 11)).lines[0]).toBe('11. n0 has 1 karma.');
  expect(buttons(board(11, 11))).toEqual({
    First: 'b1:top:1:f',
    Back: 'b1:top:1:b',
    Next: 'b1:top:3:n',
    'The least': 'b1:bottom:1:e',
  });
  expect(buttons(board(10, 1))).toEqual({
    First: 'off',
    Back: 'off',
    Next: 'off',
    'The least': 'b1:bottom:1:e',
  });
});

test('what is past the end says so and leads back; what a worker without pages found is its first page', () => {
  expect(pageContent(board(0, 31)).lines).toEqual(['The board ends before this page.']);
  expect(buttons(board(0, 31)).Back).toBe('b1:top:3:b');
  expect(pageContent(board(11)).components).toBeUndefined();
  expect(pageContent(board(11)).lines).toHaveLength(10);
});

test('a button leads to the page that its id names', () => {
  expect(pageOf('bottom:12:n')).toEqual({ end: 'bottom', number: 12 });
  for (const none of ['', 'top', 'top:0:n', 'top:99999:n', 'middle:1:n', 'top:1:n:x', 'top:1']) {
    expect(pageOf(none)).toBeUndefined();
  }
});
