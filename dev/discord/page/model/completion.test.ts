import { describe, expect, test } from 'bun:test';
import { mentionQuery, suggest } from './completion';

describe('what is typed after an @', () => {
  test.each([
    ['@', { from: 0, query: '' }],
    ['hi @al', { from: 3, query: 'al' }],
    ['(@Zoë', { from: 1, query: 'Zoë' }],
    ['line\n@a', { from: 5, query: 'a' }],
    ['alice@exa', undefined],
    ['@alice and', undefined],
    ['<@1', undefined],
    ['@a@b', undefined],
    ['', undefined],
  ])('%j', (before, query) => {
    expect(mentionQuery(before)).toEqual(query);
  });
});

describe('who is suggested', () => {
  const people = [
    { id: '1', username: 'popple', displayName: 'Popple' },
    { id: '2', username: 'sally_po', displayName: 'Sally' },
    { id: '3', username: 'jpo', displayName: 'Hippo' },
    { id: '4', username: 'zoe', displayName: 'Zoë Quinn' },
  ];
  test.each([
    ['', ['1', '2', '3', '4']],
    ['po', ['1', '2', '3']],
    ['PO', ['1', '2', '3']],
    ['zoe', ['4']],
    ['qui', ['4']],
    ['x', []],
  ])('for %j', (query, ids) => {
    expect(suggest(people, query).map(({ id }) => id)).toEqual(ids);
  });
});
