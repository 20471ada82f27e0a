import { isWhiteSpace, isWordCharacterBefore, Unit } from '../characters';

const SCHEME_CHARACTER = /[a-z0-9+.-]/i;

/**
 * Where a URL's rest ends that begins at `index`: at white space, an angle bracket, spoiler bars, or a closing parenthesis
 * whose partner stands before the URL (`openBefore` of them are open there). URLs may hold nearly anything else, `++` too.
 */
function restEnd(text: string, index: number, openBefore: number): number {
  let openInside = 0;
  let at = index;
  for (; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isWhiteSpace(unit) || unit === Unit.less || unit === Unit.greater) break;
    if (unit === Unit.bar && text.charCodeAt(at + 1) === Unit.bar) break;
    if (unit === Unit.open) openInside++;
    if (unit !== Unit.close) continue;
    if (openInside > 0) openInside--;
    else if (openBefore > 0) break;
  }
  return at;
}

export interface Link {
  start: number;
  end: number;
}

/**
 * The URL whose `://` is at `index`, of any scheme. The scheme is looked for back to `earliest`, so that a text of many is
 * read once. Undefined if either side of `://` is missing.
 */
export function linkAround(
  text: string,
  index: number,
  earliest: number,
  openBefore: number,
): Link | undefined {
  if (index === earliest || !SCHEME_CHARACTER.test(text.charAt(index - 1))) return undefined;
  const rest = index + '://'.length;
  const end = restEnd(text, rest, openBefore);
  if (end === rest) return undefined;
  let start = index - 1;
  while (start > earliest && SCHEME_CHARACTER.test(text.charAt(start - 1))) start--;
  return { start, end };
}

/** The URL without a scheme, `www.example.org/c++`, that begins at `index`; undefined if none does. */
export function bareLinkAt(text: string, index: number, openBefore: number): Link | undefined {
  if (text.slice(index, index + 4).toLowerCase() !== 'www.' || isWordCharacterBefore(text, index))
    return undefined;
  const end = restEnd(text, index + 4, openBefore);
  return end === index + 4 ? undefined : { start: index, end };
}
