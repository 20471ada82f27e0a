import { expect, test } from 'bun:test';
import { InvalidRequests } from './invalid-requests';

test.each([
  [200, null, false],
  [400, null, false],
  [401, null, true],
  [403, null, true],
  [404, null, false],
  [429, 'user', true],
  [429, 'global', true],
  [429, 'shared', false],
  [500, null, false],
])('%p with scope %p counts: %p', (status, scope, counts) => {
  expect(InvalidRequests.isInvalid(status, scope)).toBe(counts);
});

test('at 5,000 in ten minutes nothing more is posted, until the window has moved on', () => {
  const invalid = new InvalidRequests();
  const start = 1_700_000_000_000;
  invalid.add(3_000, start);
  invalid.add(1_999, start + 300_000);
  expect(invalid.problem(start + 300_000)).toBeUndefined();
  invalid.add(1, start + 300_000);
  expect(invalid.problem(start + 300_000)).toContain('5000');
  expect(invalid.problem(start + 590_000)).toContain('5000');
  expect(invalid.problem(start + 620_000)).toBeUndefined();
});

test('what another has counted is taken over once', () => {
  const [one, two] = [new InvalidRequests(), new InvalidRequests()];
  one.add(10);
  two.add(3);
  two.merge(one.counts());
  two.merge(one.counts());
  expect(two.total()).toBe(10);
});
