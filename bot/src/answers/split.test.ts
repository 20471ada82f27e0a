import { describe, expect, test } from 'bun:test';
import fc from 'fast-check';
import { MAX_CONTENT_LENGTH, splitBetweenLines } from './split';

describe('splitBetweenLines', () => {
  test('what fits is one content', () => {
    expect(splitBetweenLines(['a', 'b'])).toEqual(['a\nb']);
  });

  test('nothing is no content', () => {
    expect(splitBetweenLines([])).toEqual([]);
  });

  test('a line that would pass the limit begins the next content', () => {
    expect(splitBetweenLines(['abc', 'def', 'g'], 7)).toEqual(['abc\ndef', 'g']);
    expect(splitBetweenLines(['abc', 'defg', 'h'], 7)).toEqual(['abc', 'defg\nh']);
  });

  test('no line is lost or broken, and no content is too long', () => {
    const line = fc.string({ minLength: 1, maxLength: 300 }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 100 }), (lines) => {
        const contents = splitBetweenLines(lines);
        expect(contents.flatMap((content) => content.split('\n'))).toEqual(lines);
        for (const content of contents) expect(content.length).toBeLessThanOrEqual(MAX_CONTENT_LENGTH);
      }),
    );
  });
});
