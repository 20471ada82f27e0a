import { expect, test } from 'bun:test';
import { snowflakeAt, snowflakeSchema, snowflakeTimeMs } from './ids';

test("Discord's own example of a snowflake has the time that its documentation gives", () => {
  expect(new Date(snowflakeTimeMs('175928847299117063')).toISOString()).toBe('2016-04-30T11:18:25.796Z');
});

test('the lowest snowflake of a time is not above any of that time', () => {
  const timeMs = snowflakeTimeMs('175928847299117063');
  expect(BigInt(snowflakeAt(timeMs)) <= 175928847299117063n).toBe(true);
  expect(snowflakeTimeMs(snowflakeAt(timeMs))).toBe(timeMs);
  expect(BigInt(snowflakeAt(timeMs + 1)) > 175928847299117063n).toBe(true);
  expect(snowflakeAt(0)).toBe('0');
});

test.each(['', '0', '01', '-1', '1.5', 'abc', '9223372036854775808', '99999999999999999999'])(
  '%p is no id',
  (id) => {
    expect(snowflakeSchema.safeParse(id).success).toBe(false);
  },
);

test('the largest id that Postgres can hold is one', () => {
  expect(snowflakeSchema.safeParse('9223372036854775807').success).toBe(true);
});
