import { MAX_REASON_LENGTH } from '@popple/shared/contract/limits';
import { blankIgnored } from '../markdown/ignored-regions';

const GRAPHEMES = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Mentions, emoji, timestamps and commands. @see https://discord.com/developers/docs/reference#message-formatting */
const MARKUP = /<(?:[@#][!&]?|a?:\w{1,32}:|t:-?|\/[^<>]{1,100}:)\d{1,20}(?::[a-z])?>/iy;

/** The last place at or before `index` where no character is cut. Whether that is one depends on what is before it and on the next. */
function graphemeStart(text: string, index: number): number {
  return GRAPHEMES.segment(text.slice(0, index + 2)).containing(index)?.index ?? 0;
}

/**
 * A reason (one line) that is no longer than `MAX_REASON_LENGTH`: what is longer ends before the first character, code span,
 * URL or mention that does not fit whole. Empty if nothing fits.
 */
export function cutReason(reason: string): string {
  if (reason.length <= MAX_REASON_LENGTH) return reason;
  let end = graphemeStart(reason, MAX_REASON_LENGTH);
  for (const span of blankIgnored(reason, false).spans)
    if (span.start < end && span.end > end) end = span.start;
  const markup = reason.lastIndexOf('<', end - 1);
  MARKUP.lastIndex = markup;
  if (markup !== -1 && MARKUP.test(reason) && MARKUP.lastIndex > end) end = markup;
  return reason.slice(0, end).replace(/ $/, '');
}
