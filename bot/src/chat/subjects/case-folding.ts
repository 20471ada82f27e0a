/**
 * Folds case as Unicode's default (not Turkic) full case folding does, up to the choice of the letter that stands for its
 * class: `ß`, `ẞ`, `SS` and `ss` become `ss`, every sigma `σ`. JavaScript has no such function; upper case first expands
 * what has no single capital, lower case then folds. Two exceptions are needed: upper case would make the dotless `ı` an
 * `i`, which default folding keeps apart, and lower case chooses `ς` or `σ` by what stands around.
 *
 * One pass may leave what another would fold (`ẞ`): repeat with NFKC until nothing changes, as `subjectKey` does.
 * @see https://www.unicode.org/versions/latest/core-spec/chapter-3/#G33992
 */
export function foldCase(text: string): string {
  if (text.includes('ı')) return text.split('ı').map(foldCase).join('ı');
  return text.toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}
