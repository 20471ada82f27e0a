/** Discord's limit on one message of a bot, or of a member without Nitro, in characters as `messageLength` counts them. */
export const MAX_CONTENT_LENGTH = 2000;

/**
 * The length of a message as Discord counts it: in code points, so that most emoji are one character.
 * @see https://github.com/discord/discord-api-docs/issues/1315
 */
export function messageLength(content: string): number {
  let length = 0;
  for (const _ of content) length += 1;
  return length;
}
