/** Characters that end or change an element within double quotes. */
const SPECIAL = /["\\]/g;

function quoted(text: string): string {
  return `"${text.includes('"') || text.includes('\\') ? text.replace(SPECIAL, '\\$&') : text}"`;
}

/**
 * A list as the text of a Postgres array of text, or of JSON. Postgres reads an array several times as fast as the same list
 * in JSON.
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function textArray(list: readonly (string | undefined)[]): string {
  return `{${list.map((text) => (text === undefined ? 'NULL' : quoted(text))).join(',')}}`;
}

/** A list as the text of a Postgres array of numbers, of integers in decimal or of booleans. */
export function plainArray(list: readonly (string | number | boolean | undefined)[]): string {
  return `{${list.map((value) => value ?? 'NULL').join(',')}}`;
}
