/** Orders Discord ids by age, oldest first. Ids are decimal strings without leading zeros, so length decides first. */
export function compareIds(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
