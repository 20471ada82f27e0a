import { describe, expect, test } from 'bun:test';
import { barLine, Progress, progressText } from './progress';

describe('how far it is', () => {
  test.each([
    [{ done: 0, total: 3_000, elapsedMs: 0 }, '0 of 3,000 requests, 0 %'],
    [{ done: 1_500, total: 3_000, elapsedMs: 2_000 }, '1,500 of 3,000 requests, 50 %, 750/s, 2 s left'],
    [{ done: 1, total: 601, elapsedMs: 1_000 }, '1 of 601 requests, 0 %, 1/s, 10 min 0 s left'],
    [{ done: 1, total: 120, elapsedMs: 1_000 }, '1 of 120 requests, 0 %, 1/s, 1 min 59 s left'],
    [{ done: 1, total: 10_001, elapsedMs: 1_000 }, '1 of 10,001 requests, 0 %, 1/s, 2 h 46 min left'],
    [{ done: 3_000, total: 3_000, elapsedMs: 4_000 }, '3,000 of 3,000 requests, 100 %, 750/s'],
    [{ done: 3_010, total: 3_000, elapsedMs: 4_000 }, '3,010 of 3,010 requests, 100 %, 753/s'],
    [{ done: 0, total: 0, elapsedMs: 10 }, '0 of 0 requests, 100 %'],
  ])('%p is told as %s', (state, text) => expect(progressText(state)).toBe(text));

  test.each([120, 79, 60, 40, 20])('a bar in %d columns stays within them', (columns) => {
    for (const done of [0, 1, 500, 999, 1_000, 1_001]) {
      expect(barLine({ done, total: 1_000, elapsedMs: 700 }, columns).length).toBeLessThanOrEqual(columns);
    }
  });

  test('the bar is as full as the work is done', () => {
    expect(barLine({ done: 250, total: 1_000, elapsedMs: 0 }, 100)).toStartWith(
      `[${'#'.repeat(10)}${'-'.repeat(30)}] 250 of`,
    );
    expect(barLine({ done: 1_000, total: 1_000, elapsedMs: 0 }, 100)).toStartWith(`[${'#'.repeat(40)}]`);
  });
});

function screen(isTTY: boolean) {
  let nowMs = 0;
  const written: string[] = [];
  const progress = new Progress(
    { isTTY, columns: 100, write: (text) => written.push(text) },
    1_000,
    () => nowMs,
  );
  return { progress, written, pass: (ms: number) => (nowMs += ms) };
}

describe('progress', () => {
  test('away from a terminal is a plain line every five seconds', () => {
    const { progress, written, pass } = screen(false);
    for (let done = 100; done <= 1_000; done += 100) {
      pass(1_000);
      progress.update(done);
    }
    progress.end();
    expect(written).toEqual([
      '500 of 1,000 requests, 50 %, 100/s, 5 s left\n',
      '1,000 of 1,000 requests, 100 %, 100/s\n',
    ]);
  });

  test('on a terminal is one line drawn over and over, but not for each request', () => {
    const { progress, written, pass } = screen(true);
    for (let done = 1; done <= 1_000; done += 1) {
      pass(1);
      progress.update(done);
    }
    progress.end();
    expect(written.length).toBeLessThan(15);
    for (const text of written.slice(0, -1)) expect(text).toStartWith('\r\u001b[K[');
    expect(written.at(-2)).toContain('1,000 of 1,000');
    expect(written.at(-1)).toBe('\n');
  });

  test('a note stands above the bar', () => {
    const { progress, written, pass } = screen(true);
    pass(200);
    progress.update(10);
    progress.note('NATS is away');
    expect(written.slice(2)).toEqual(['\r\u001b[K', 'NATS is away\n', expect.stringContaining('] 10 of')]);
  });
});
