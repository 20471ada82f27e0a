import { foldCase } from './case-folding';
import { dropInvisible, foldWhiteSpace } from './invisible';

const PLAIN = /^[\x20-\x7e]*$/;

/** No character needs more than three passes; the bound only makes it plain that the loop ends. */
const MOST_PASSES = 8;

/**
 * The key of a subject: equal for spellings that are one subject, which is when they are equal after NFKC, case folding,
 * dropping invisible and control characters, and folding white space. Keys are their own keys. Well-formed text stays so;
 * the key may be empty, and longer than the text.
 */
export function subjectKey(text: string): string {
  if (PLAIN.test(text)) return foldWhiteSpace(text).toLowerCase();
  let key = text;
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const folded = foldWhiteSpace(dropInvisible(foldCase(key.normalize('NFKC'))));
    if (folded === key) break;
    key = folded;
  }
  return key;
}
