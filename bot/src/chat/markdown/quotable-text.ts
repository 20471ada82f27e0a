import type { Region } from './ignored-regions';
import type { ReadableText } from './readable-text';

/** Shows nothing, so whoever shows the text drops it. */
const DROPPED = '\0';

/** A line break, and not a space: a code block stands on lines of its own wherever it was written. */
const BLOCK = '\n';

function overlay(text: string, regions: readonly Region[], fill: (region: Region) => string): string {
  if (regions.length === 0) return text;
  let out = '';
  let copied = 0;
  for (const region of regions) {
    out += text.slice(copied, region.start) + fill(region);
    copied = region.end;
  }
  return out + text.slice(copied);
}

/** The places in the message that the text does not have, which are marks of emphasis. */
function droppedRegions({ text, blanked, indexes }: ReadableText): Region[] {
  if (indexes === undefined) return [];
  const regions: Region[] = [];
  let next = 0;
  for (let at = 0; at <= text.length; at++) {
    const index = at === text.length ? blanked.length : (indexes[at] ?? next);
    if (index > next) regions.push({ start: next, end: index });
    next = index + 1;
  }
  return regions;
}

/**
 * What of a message may be quoted from it, each character at its place in the message: code spans (on one line) and URLs as
 * they were written, line breaks instead of code blocks, spaces instead of what is quoted, struck out or hidden by spoiler
 * bars, and control characters instead of the marks of emphasis. As long as the message. Linear.
 */
export function quotableText(readable: ReadableText): string {
  const { message, blanked, ignored, hidden } = readable;
  const blank = ({ start, end }: Region) => ' '.repeat(end - start);
  let text = overlay(blanked, ignored.spans, ({ start, end }) =>
    message.slice(start, end).replace(/\p{White_Space}/gu, ' '),
  );
  text = overlay(text, ignored.blocks, ({ start, end }) => BLOCK.repeat(end - start));
  text = overlay(text, hidden, blank);
  return overlay(text, droppedRegions(readable), ({ start, end }) => DROPPED.repeat(end - start));
}
