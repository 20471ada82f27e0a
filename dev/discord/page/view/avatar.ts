import type { ChatAuthor } from '../../src/chat-contract';
import type { Directory, Person } from '../model/directory';
import { h } from './element';
import { mark } from './icon';

/** Whom or what a picture stands for. */
export interface Pictured {
  readonly name: string;
  readonly url: string;
  /** `#rrggbb`, behind the initials where the picture does not load. */
  readonly color?: string | undefined;
  /** The bot of this page has a face of its own. */
  readonly isBot?: boolean;
}

/** The picture of a member. */
export function personPicture(person: Person): Pictured {
  return { name: person.displayName, url: person.avatarUrl, color: person.color, isBot: person.bot };
}

/** The picture of a message's author, who may be unknown here (a webhook). */
export function authorPicture(author: ChatAuthor, directory: Directory): Pictured {
  const isBot = directory.person(author.id)?.bot === true;
  return { name: author.name, url: author.avatarUrl, color: author.color, isBot };
}

/** A round picture; initials take its place should it not load. It is decoration: the name stands beside it. */
export function avatar(of: Pictured, className = 'avatar'): HTMLElement {
  const frame = h('span', { class: className, 'aria-hidden': 'true' });
  if (of.isBot === true) {
    frame.append(mark());
    return frame;
  }
  const image = h('img', { src: of.url, alt: '', draggable: 'false', decoding: 'async' });
  image.addEventListener('error', () => {
    if (of.color !== undefined) frame.style.setProperty('--person', of.color);
    frame.classList.add('avatar-initials');
    frame.replaceChildren(initials(of.name));
  });
  frame.append(image);
  return frame;
}

/** The first letters of the first two words: `Rust Club` is `RC`. */
function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}\p{Extended_Pictographic}]+/u).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}
