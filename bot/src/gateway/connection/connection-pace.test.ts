import { describe, expect, test } from 'bun:test';
import { ConnectionPace } from './connection-pace';

/** The longest pause there can be, as all of them are drawn. */
const longest = (pace: ConnectionPace, identifies: boolean) => pace.pauseMs(identifies, () => 1);

/** Connects, is ready after `readyAfterMs` (never if undefined), and ends at `endsAtMs`. */
function connection(pace: ConnectionPace, readyForMs: number | undefined, identifies = false): void {
  if (identifies) pace.identified();
  if (readyForMs !== undefined) pace.ready(1_000);
  pace.ended(1_000 + (readyForMs ?? 0));
}

describe('the pause before connecting again', () => {
  test('is none after a connection that was good', () => {
    const pace = new ConnectionPace();
    connection(pace, 5_000);
    expect(longest(pace, false)).toBe(0);
  });

  test('grows to half a minute while connections are refused, or end at once', () => {
    const pace = new ConnectionPace();
    const pauses = [undefined, undefined, 10, undefined, 4_999, undefined, undefined].map((readyForMs) => {
      connection(pace, readyForMs);
      return longest(pace, false);
    });
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    connection(pace, 5_000);
    expect(longest(pace, false)).toBe(0);
  });

  test('grows to five minutes while IDENTIFYs are spent for nothing', () => {
    const pace = new ConnectionPace();
    const pauses = Array.from({ length: 10 }, () => {
      connection(pace, 20_000, true);
      return longest(pace, true);
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300].map((seconds) => seconds * 1_000));
    expect(longest(pace, false)).toBe(0);
    connection(pace, 30_000);
    expect(longest(pace, true)).toBe(0);
  });

  test('is drawn, so that many do not come back in step', () => {
    const pace = new ConnectionPace();
    connection(pace, undefined);
    expect(pace.pauseMs(false, () => 0)).toBe(500);
  });
});

test('three IDENTIFYs without a session that lasted are a waste', () => {
  const pace = new ConnectionPace();
  const wasteful = [1, 2, 3].map(() => {
    connection(pace, undefined, true);
    return pace.isWasteful;
  });
  expect(wasteful).toEqual([false, false, true]);
});
