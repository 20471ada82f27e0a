import { emojiNamed } from '../emoji/emoji';
import { codeSpan, fencedBlock, runLength } from '../markdown/span';
import type { Mentionable } from './completion';

/** Mentions, custom emoji, times and bracketed links, and bare ones: what is in them stays as it is. */
const OPAQUE = /<(?:@[!&]?|#|a?:\w+:|t:|https?:)[^\s>]*>|https?:\/\/\S+/y;
const EMOJI = /:([a-z0-9_+-]{1,50}):/iy;
const WORD = /[\p{L}\p{N}_]/u;
/** Discord's own, whatever a member's name is. */
const RESERVED: readonly string[] = ['everyone', 'here'];

interface Name {
  readonly name: string;
  readonly id: string;
}

/**
 * What is sent for what was typed, as Discord's client makes it: a member's exact `@name` (display name or user name,
 * in any case, the longest that fits) becomes a mention, and `:name:` its emoji. Code, links and what a backslash
 * precedes are left alone.
 */
export function outgoing(typed: string, people: readonly Mentionable[]): string {
  if (!/[@:]/.test(typed)) return typed;
  const names = namesOf(people);
  let sent = '';
  let at = 0;
  while (at < typed.length) {
    const { text, end } = pieceAt(typed, at, names);
    sent += text;
    at = end;
  }
  return sent;
}

function pieceAt(typed: string, at: number, names: readonly Name[]): { text: string; end: number } {
  const asIs = (end: number) => ({ text: typed.slice(at, end), end });
  switch (typed[at]) {
    case '\\':
      return asIs(at + 2);
    case '`':
      return asIs((fencedBlock(typed, at) ?? codeSpan(typed, at))?.end ?? at + runLength(typed, at));
    case '<':
    case 'h': {
      OPAQUE.lastIndex = at;
      const found = OPAQUE.exec(typed)?.[0];
      return asIs(at + (found?.length ?? 1));
    }
    case '@': {
      const found = isWord(typed[at - 1]) ? undefined : nameAt(typed, at + 1, names);
      return found === undefined ? asIs(at + 1) : { text: `<@${found.id}>`, end: at + 1 + found.name.length };
    }
    case ':': {
      EMOJI.lastIndex = at;
      const [whole = '', name = ''] = EMOJI.exec(typed) ?? [];
      const emoji = isWord(typed[at - 1]) || typed[at - 1] === ':' ? undefined : emojiNamed(name);
      return emoji === undefined ? asIs(at + 1) : { text: emoji, end: at + whole.length };
    }
    default:
      return asIs(at + 1);
  }
}

/** The longest name first; of equally long ones user names, which are unique. */
function namesOf(people: readonly Mentionable[]): Name[] {
  const of = (name: 'username' | 'displayName') =>
    people.map((person) => ({ name: person[name], id: person.id }));
  return [...of('username'), ...of('displayName')]
    .filter(({ name }) => name !== '' && !RESERVED.includes(name.toLowerCase()))
    .sort((a, b) => b.name.length - a.name.length);
}

function nameAt(typed: string, at: number, names: readonly Name[]): Name | undefined {
  return names.find(({ name }) => {
    const end = at + name.length;
    if (typed.slice(at, end).toLowerCase() !== name.toLowerCase()) return false;
    // `@alices` is not `@alice`; a name that ends with a sign has no such doubt.
    return !(isWord(typed[end]) && isWord(typed[end - 1]));
  });
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && WORD.test(character);
}
