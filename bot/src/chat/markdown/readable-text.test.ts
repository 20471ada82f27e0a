import { describe, expect, test } from 'bun:test';
import { markdownExamples } from '../examples/markdown';
import { foldWhiteSpace } from '../subjects/subject';
import { readableText } from './readable-text';

/** What the reader leaves, in the form of the table: it keeps backslashes, the spelling of mentions and what encloses a link. */
function read(message: string): string {
  const shown = readableText(message, true).text.replaceAll(/\\([^0-9A-Za-z\s])/g, '$1');
  return foldWhiteSpace(shown.replaceAll('<@!', '<@').replaceAll(/<\p{White_Space}+>/gu, ' '));
}

describe('what is read of a message', () => {
  test.each(markdownExamples.map((example) => [...example]))('%j is %j', (message, text) => {
    expect(read(message ?? '')).toBe(text ?? '');
  });
});
