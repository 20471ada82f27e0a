import { dropEmphasis } from './emphasis';
import { leaveOut } from './left-out';
import { blankSpoilers } from './spoilers';

/**
 * What of a message is read for names: without code, quotes, struck-out text and URLs, with spoiler bars as white space,
 * and without the markers of emphasis. `startsLine` says whether the text begins at the start of a line.
 */
export function readableText(text: string, startsLine: boolean): string {
  return dropEmphasis(blankSpoilers(leaveOut(text, startsLine)));
}
