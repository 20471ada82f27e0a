/** Discord's limit on a message, in UTF-16 code units. */
export const MAX_CONTENT_LENGTH = 2_000;

/**
 * Joins lines into as few contents as fit Discord's limit, never breaking a line. A line must itself fit; those
 * written here are a subject (at most 128 characters, twice that escaped) and a number.
 * @see https://discord.com/developers/docs/resources/message#create-message
 */
export function splitBetweenLines(
  lines: readonly string[],
  maxLength: number = MAX_CONTENT_LENGTH,
): string[] {
  const contents: string[] = [];
  let current = '';
  for (const line of lines) {
    const joined = current === '' ? line : `${current}\n${line}`;
    if (joined.length <= maxLength) {
      current = joined;
      continue;
    }
    contents.push(current);
    current = line;
  }
  if (current !== '') contents.push(current);
  return contents;
}
