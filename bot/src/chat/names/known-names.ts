import { subjectKey } from '../subjects/subject';

/** Names that end in `++` without meaning it. A name is here only if nobody would write it to thank someone. */
const KNOWN_NAMES = new Set([
  'c++',
  'g++',
  'clang++',
  'notepad++',
  'libstdc++',
  'libc++',
  'libg++',
  'libsigc++',
  'libxml++',
  'objective-c++',
  'obj-c++',
  'objc++',
  'objectivec++',
  'visual-c++',
  'visualc++',
  'vc++',
  'msvc++',
  'turbo-c++',
  'turboc++',
  'borland-c++',
  'dev-c++',
  'devc++',
  'embedded-c++',
  'aspectc++',
  'xerces-c++',
  'nvc++',
  'pgc++',
  'xlc++',
  'icpc++',
  'mpic++',
  'dpc++',
  'omnet++',
  'magick++',
]);

/** Compilers are often named for what they compile for: `arm-none-eabi-g++`. */
const TRIPLET_SUFFIXES = ['-g++', '-clang++'];

const LONGEST_KNOWN_NAME = 64;

/**
 * Whether a word, its `++` included, is a name and not a thank-you. Any case; of `C/C++` and `/usr/bin/g++` the last part
 * decides, and so do words that come before it, as in `Visual C++`.
 */
export function isKnownName(word: string): boolean {
  const name = word.slice(word.lastIndexOf('/') + 1);
  if (name.length > LONGEST_KNOWN_NAME) return false;
  const key = subjectKey(name);
  return KNOWN_NAMES.has(key) || TRIPLET_SUFFIXES.some((suffix) => key.endsWith(suffix));
}
