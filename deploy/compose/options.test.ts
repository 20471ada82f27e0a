import { expect, test } from 'bun:test';
import { delimiter, join } from 'node:path';
import { ROOT } from './engine';
import { parseOptions } from './options';

const OWN = join(ROOT, 'compose.yaml');

test("the project's own file comes first, and every other once", () => {
  expect(parseOptions([], {})).toEqual({ help: false, keep: false, files: [OWN] });
  const { files } = parseOptions(['--file', '/b.yaml', '--file', '/c.yaml'], {
    COMPOSE_FILE: ['compose.yaml', '/a.yaml', '/b.yaml'].join(delimiter),
  });
  expect(files).toEqual([OWN, '/a.yaml', '/b.yaml', '/c.yaml']);
});

test('what is not an option is an error', () => {
  expect(() => parseOptions(['--fast'], {})).toThrow("'--fast'");
});
