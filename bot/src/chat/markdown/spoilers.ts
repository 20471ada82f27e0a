import { isWhiteSpace } from '../characters';

const BARS = '||';

/** Two white space characters, so that what comes after keeps its place. */
const BLANK = '  ';

/**
 * The text with spoiler bars as white space. Bars without a partner count too, unless something stands right on both
 * sides: `a||b++` is the "or" of code.
 */
export function blankSpoilers(text: string): string {
  const bars: number[] = [];
  for (let at = text.indexOf(BARS); at !== -1; at = text.indexOf(BARS, at + BARS.length)) bars.push(at);
  const last = bars.at(-1);
  if (last === undefined) return text;
  if (bars.length % 2 === 1 && isBetweenWords(text, last)) bars.pop();
  let out = '';
  let copied = 0;
  for (const at of bars) {
    out += text.slice(copied, at) + BLANK;
    copied = at + BARS.length;
  }
  return out + text.slice(copied);
}

function isBetweenWords(text: string, at: number): boolean {
  const after = at + BARS.length;
  const hasWordBefore = at > 0 && !isWhiteSpace(text.charCodeAt(at - 1));
  return hasWordBefore && after < text.length && !isWhiteSpace(text.charCodeAt(after));
}
