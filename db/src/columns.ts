import { customType } from 'drizzle-orm/pg-core';

/**
 * A 64-bit integer: `bigint` in Postgres, a decimal string in TypeScript. A JavaScript number would lose digits of
 * ids and of large karma, and a BigInt cannot be put into JSON.
 */
export const int64 = customType<{ data: string; driverData: string }>({
  dataType: () => 'bigint',
});

/**
 * Text compared byte by byte. Under any other collation an index is ordered by the C library of the machine, and
 * moving the data to an image with another one corrupts the index silently.
 * @see https://wiki.postgresql.org/wiki/Locale_data_changes
 */
export const byteOrderedText = customType<{ data: string; driverData: string }>({
  dataType: () => 'text COLLATE "C"',
});
