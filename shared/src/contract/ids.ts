import { z } from 'zod';
import { MAX_REQUEST_ID_LENGTH } from './limits';

const DISCORD_EPOCH_MS = 1_420_070_400_000n;
const TIMESTAMP_SHIFT = 22n;
const MAX_SNOWFLAKE = '9223372036854775807';

/**
 * A Discord id: a decimal string (ids pass 2^53, so a JSON number would lose digits) that fits Postgres' `bigint`.
 * @see https://discord.com/developers/docs/reference#snowflakes
 */
export const snowflakeSchema = z
  .string()
  .regex(/^[1-9]\d{0,18}$/, 'expected a Discord id: a decimal string without leading zeros')
  // Of digits without leading zeros, the order of texts of one length is that of the numbers.
  .refine(
    (id) => id.length < MAX_SNOWFLAKE.length || id <= MAX_SNOWFLAKE,
    'expected a Discord id below 2^63',
  );

/**
 * A request's id: a key that says nothing. That of a message or an interaction is its snowflake; others are composed of what
 * names their cause (`reaction.<message>.<user>.<emoji>.added`). Of these characters, in parts between single dots, it can be
 * a `Nats-Msg-Id`, a key of a bucket, and a token or more of a NATS subject.
 */
export const requestIdSchema = z
  .string()
  .max(MAX_REQUEST_ID_LENGTH)
  .regex(
    /^[\w=/-]+(\.[\w=/-]+)*$/,
    'expected a request id: letters, digits and _ = / -, in parts between dots',
  );

/** The last millisecond that JavaScript's dates have; Postgres' go on. */
const MAX_TIMESTAMP_MS = 8_640_000_000_000_000;

/** A time in milliseconds since the Unix epoch. */
export const timestampSchema = z.int().min(0).max(MAX_TIMESTAMP_MS);

/** A 64-bit integer in decimal, as a string: karma may pass the 2^53 that JSON numbers keep exactly. */
export const karmaSchema = z.string().regex(/^(0|-?[1-9]\d{0,18})$/, 'expected a 64-bit integer in decimal');

/** When a snowflake was made, in milliseconds since the Unix epoch. The id must be a decimal string. */
export function snowflakeTimeMs(id: string): number {
  return Number((BigInt(id) >> TIMESTAMP_SHIFT) + DISCORD_EPOCH_MS);
}

/**
 * The lowest snowflake that can have been made at a time (milliseconds since the Unix epoch), for ranges over ids.
 * Times before Discord's epoch (2015) give '0'.
 */
export function snowflakeAt(timeMs: number): string {
  const sinceEpochMs = BigInt(Math.trunc(timeMs)) - DISCORD_EPOCH_MS;
  return sinceEpochMs <= 0n ? '0' : String(sinceEpochMs << TIMESTAMP_SHIFT);
}
