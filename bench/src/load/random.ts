/** Numbers in [0, 1) that look random and are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A whole number from 0 up to and without `count`, low ones far more often than high ones, as a few people get most of the
 * karma: the first tenth is drawn about half of the time.
 */
export function skewed(random: () => number, count: number): number {
  return Math.floor(count * random() ** 3.3);
}

/** One of the items, each as likely as any other. @throws RangeError when there are none. */
export function oneOf<Item>(random: () => number, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new RangeError('there is nothing to choose from');
  return item;
}
