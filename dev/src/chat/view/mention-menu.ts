import { mentionQuery, suggest } from '../model/completion';
import type { Directory, Person } from '../model/directory';
import { avatar, personPicture } from './avatar';
import type { Editor } from './editor';
import { h, setAttributes } from './element';
import { botTag } from './member-list';

const LIST_ID = 'mention-suggestions';

/**
 * Offers names while one is typed after an `@`. The focus stays in the field, as in any combobox: arrow keys choose,
 * Enter and Tab take, Escape puts the list away until the next `@`.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export class MentionMenu {
  readonly element = h('ul', {
    class: 'mention-menu',
    role: 'listbox',
    id: LIST_ID,
    'aria-label': 'People',
    hidden: true,
  });
  readonly #editor: Editor;
  #directory: Directory | undefined;
  #people: readonly Person[] = [];
  #chosen = 0;
  #dismissed: string | undefined;

  constructor(editor: Editor) {
    this.#editor = editor;
    setAttributes(editor.element, { 'aria-controls': LIST_ID, 'aria-expanded': 'false' });
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
  }

  set directory(directory: Directory) {
    this.#directory = directory;
  }

  /** Looks at what stands before the caret. */
  look(): void {
    const query = this.#query();
    if (query === undefined) this.#dismissed = undefined;
    const asked = query !== undefined && this.#dismissed === undefined;
    this.#people = asked ? suggest(this.#directory?.people ?? [], query.query) : [];
    this.#chosen = 0;
    this.#show();
  }

  /** Handles a key while the list is open. True when it was for the list. */
  key(event: KeyboardEvent): boolean {
    if (this.#people.length === 0) return false;
    const count = this.#people.length;
    if (event.key === 'ArrowDown') this.#choose((this.#chosen + 1) % count);
    else if (event.key === 'ArrowUp') this.#choose((this.#chosen + count - 1) % count);
    else if (event.key === 'Enter' || event.key === 'Tab') this.#take(this.#people[this.#chosen]);
    else if (event.key === 'Escape') this.close();
    else return false;
    event.preventDefault();
    return true;
  }

  close(): void {
    this.#dismissed = this.#query()?.query;
    this.#people = [];
    this.#show();
  }

  #query() {
    const before = this.#editor.textBeforeCaret;
    return before === undefined ? undefined : mentionQuery(before);
  }

  #choose(index: number): void {
    this.#chosen = index;
    this.#show();
  }

  #take(person: Person | undefined): void {
    const query = this.#query();
    if (person === undefined || query === undefined) return;
    this.#editor.insertMention(person.id, query.query.length + 1);
    this.#people = [];
    this.#show();
  }

  #show(): void {
    const open = this.#people.length > 0;
    this.element.hidden = !open;
    const options = this.#people.map((person, index) => this.#option(person, index));
    this.element.replaceChildren(...options);
    options[this.#chosen]?.scrollIntoView({ block: 'nearest' });
    setAttributes(this.#editor.element, {
      'aria-expanded': String(open),
      'aria-activedescendant': open && `mention-option-${this.#chosen}`,
    });
  }

  #option(person: Person, index: number): HTMLElement {
    const name = h('span', { class: person.bot ? 'person-bot' : 'person' }, person.displayName);
    if (person.color !== undefined) name.style.setProperty('--person', person.color);
    const option = h(
      'li',
      {
        class: 'mention-option',
        role: 'option',
        id: `mention-option-${index}`,
        'aria-selected': String(index === this.#chosen),
        'data-member-id': person.id,
      },
      avatar(personPicture(person), 'avatar avatar-small'),
      name,
      person.bot && botTag(),
      h('span', { class: 'mention-username' }, person.username),
    );
    option.addEventListener('click', () => this.#take(person));
    return option;
  }
}
