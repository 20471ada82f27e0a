import { expect, test } from 'bun:test';
import { Drafts, type TextStore } from './drafts';

function memory(): TextStore & { readonly size: number } {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    get size() {
      return kept.size;
    },
  };
}

test('each member has a draft for each channel, and the next page finds it', () => {
  const store = memory();
  const drafts = new Drafts(store);
  drafts.set('1', '10', 'alice, in general');
  drafts.set('1', '11', 'alice, elsewhere');
  drafts.set('2', '10', 'bruno');
  const next = new Drafts(store);
  expect([next.get('1', '10'), next.get('1', '11'), next.get('2', '10'), next.get('2', '11')]).toEqual([
    'alice, in general',
    'alice, elsewhere',
    'bruno',
    '',
  ]);
  drafts.set('1', '10', '');
  expect(new Drafts(store).get('1', '10')).toBe('');
  expect(store.size).toBe(2);
});

test('without storage, drafts last as long as the page', () => {
  const refuse = () => {
    throw new DOMException('the quota has been exceeded', 'QuotaExceededError');
  };
  const drafts = new Drafts({ getItem: refuse, setItem: refuse, removeItem: refuse });
  drafts.set('1', '10', 'kept');
  expect(drafts.get('1', '10')).toBe('kept');
  expect(drafts.get('1', '11')).toBe('');
});
