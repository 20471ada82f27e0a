import { Unit } from '../characters';

/** `<@`, an optional `!`, 19 digits and `>`: no mention is longer, so a look at this much decides. */
const LONGEST_MENTION = 23;
const MENTION = /^<@!?([1-9]\d{0,18})>/;

/** Ids fit Postgres' `bigint`. Of equal length, decimals compare as their digits do. */
const GREATEST_ID = String(2n ** 63n - 1n);

export interface Mention {
  id: string;
  /** The index after the `>`. */
  end: number;
}

/**
 * The mention of a member that begins at `index`, if one does; of a role or a channel is none.
 * @see https://discord.com/developers/docs/reference#message-formatting
 */
export function mentionAt(text: string, index: number): Mention | undefined {
  if (text.charCodeAt(index) !== Unit.less || text.charCodeAt(index + 1) !== Unit.at) return undefined;
  const match = MENTION.exec(text.slice(index, index + LONGEST_MENTION));
  const id = match?.[1];
  if (match === null || id === undefined) return undefined;
  if (id.length === GREATEST_ID.length && id > GREATEST_ID) return undefined;
  return { id, end: index + match[0].length };
}
