/** Characters that a terminal obeys, or that make a line read other than it is: controls, bidirectional overrides, lone surrogates. */
const OBEYED = /[\p{Cc}\p{Cs}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * Text of unknown origin, made safe to print: what a member of some server wrote must not move the cursor, change
 * colours or set the clipboard of an operator. Line breaks and tabs stay when `multiline`.
 */
export function printable(text: string, multiline = false): string {
  return text.replace(OBEYED, (character) => {
    if (multiline && (character === '\n' || character === '\t')) return character;
    return `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
}
