import type { Editor } from './editor';
import { type Attributes, type Child, h, setAttributes } from './element';

/** One thing to choose. */
export interface Suggestion {
  readonly attributes: Attributes;
  readonly children: readonly Child[];
  /** Puts it into the field, in place of what was typed for it. */
  take(): void;
}

/** What is asked for by what stands before the caret. */
export interface Completion {
  /** What the list holds, for screen readers. */
  readonly label: string;
  readonly suggestions: readonly Suggestion[];
}

/** Looks at the text before the caret; undefined when it asks for nothing of this kind. */
export type CompletionSource = (textBeforeCaret: string) => Completion | undefined;

let menus = 0;

/**
 * Offers what is being typed. The focus stays in the field, as in any combobox: arrow keys choose, Enter and Tab take,
 * Escape puts the list away until something else is typed. Only while the list is open is the field a combobox: otherwise
 * it is a text box of several lines, which a combobox cannot be.
 * @see https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */
export class CompletionMenu {
  readonly element: HTMLElement;
  readonly #id: string;
  readonly #editor: Editor;
  readonly #sources: readonly CompletionSource[];
  #completion: Completion | undefined;
  #chosen = 0;
  #dismissed = false;

  constructor(editor: Editor, sources: readonly CompletionSource[]) {
    this.#editor = editor;
    this.#sources = sources;
    menus += 1;
    this.#id = `suggestions-${menus}`;
    this.element = h('ul', { class: 'completion-menu', role: 'listbox', id: this.#id, hidden: true });
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
    this.#show();
  }

  /** Looks at what stands before the caret. */
  look(): void {
    const asked = this.#ask();
    if (asked === undefined) this.#dismissed = false;
    this.#completion = this.#dismissed || asked?.suggestions.length === 0 ? undefined : asked;
    this.#chosen = 0;
    this.#show();
  }

  /** Handles a key while the list is open. True when it was for the list. */
  key(event: KeyboardEvent): boolean {
    const suggestions = this.#completion?.suggestions;
    if (suggestions === undefined) return false;
    const count = suggestions.length;
    if (event.key === 'ArrowDown') this.#choose((this.#chosen + 1) % count);
    else if (event.key === 'ArrowUp') this.#choose((this.#chosen + count - 1) % count);
    else if (event.key === 'Enter' || event.key === 'Tab') this.#take(suggestions[this.#chosen]);
    else if (event.key === 'Escape') this.close();
    else return false;
    event.preventDefault();
    return true;
  }

  close(): void {
    this.#dismissed = this.#ask() !== undefined;
    this.#completion = undefined;
    this.#show();
  }

  #ask(): Completion | undefined {
    const before = this.#editor.textBeforeCaret;
    if (before === undefined) return undefined;
    for (const source of this.#sources) {
      const completion = source(before);
      if (completion !== undefined) return completion;
    }
    return undefined;
  }

  #choose(index: number): void {
    this.#chosen = index;
    this.#show();
  }

  #take(suggestion: Suggestion | undefined): void {
    this.#completion = undefined;
    suggestion?.take();
    this.#show();
  }

  #show(): void {
    const { label, suggestions = [] } = this.#completion ?? {};
    const open = suggestions.length > 0;
    this.element.hidden = !open;
    setAttributes(this.element, { 'aria-label': label });
    const options = suggestions.map((suggestion, index) => this.#option(suggestion, index));
    this.element.replaceChildren(...options);
    options[this.#chosen]?.scrollIntoView({ block: 'nearest' });
    setAttributes(this.#editor.element, {
      role: open ? 'combobox' : 'textbox',
      'aria-multiline': open ? undefined : 'true',
      'aria-expanded': open ? 'true' : undefined,
      'aria-controls': open ? this.#id : undefined,
      'aria-activedescendant': open ? options[this.#chosen]?.id : undefined,
    });
  }

  #option(suggestion: Suggestion, index: number): HTMLElement {
    const option = h(
      'li',
      {
        class: 'completion-option',
        role: 'option',
        id: `${this.#id}-${index}`,
        'aria-selected': String(index === this.#chosen),
        ...suggestion.attributes,
      },
      ...suggestion.children,
    );
    option.addEventListener('click', () => this.#take(suggestion));
    return option;
  }
}
