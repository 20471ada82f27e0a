import type { Directory } from '../model/directory';
import { h, setAttributes } from './element';

const MENTION = /<@!?([1-9]\d{0,18})>/g;

/**
 * The field one writes in. What is written is Discord's own form, a mention being `<@id>`; what is seen is a pill with
 * the name. (A text area could only show the former.)
 */
export class Editor {
  readonly element: HTMLElement;
  #directory: Directory | undefined;

  /** `component` is the `data-component` of the field. */
  constructor(component: string) {
    this.element = h('div', {
      class: 'editor',
      contenteditable: 'plaintext-only',
      role: 'textbox',
      tabindex: 0,
      'aria-multiline': 'true',
      'aria-autocomplete': 'list',
      'aria-haspopup': 'listbox',
      spellcheck: 'true',
      enterkeyhint: 'send',
      'data-component': component,
    });
    // Where only text may be typed is newer than editing as such.
    if (this.element.contentEditable !== 'plaintext-only') this.element.contentEditable = 'true';
    // A browser leaves a line break behind when all is deleted, and the placeholder would not come back.
    this.element.addEventListener('input', () => {
      if (this.content === '') this.element.replaceChildren();
    });
    this.element.addEventListener('paste', (event) => {
      event.preventDefault();
      this.#insert(event.clipboardData?.getData('text/plain') ?? '');
    });
    this.element.addEventListener('copy', (event) => this.#copy(event));
    this.element.addEventListener('cut', (event) => {
      if (this.#copy(event)) getSelection()?.deleteFromDocument();
      this.#changed();
    });
  }

  /** Names for the pills. */
  set directory(directory: Directory) {
    this.#directory = directory;
  }

  /** What Discord would be sent. */
  get content(): string {
    return serialize(this.element).replace(/\n$/, '');
  }

  /** Replaces everything, and puts the caret at the end if it was in the field (elsewhere, the focus stays where it is). */
  set content(content: string) {
    const focused = document.activeElement === this.element;
    this.element.replaceChildren(this.#build(content));
    if (focused) this.#caretTo(this.element, this.element.childNodes.length);
    this.#changed();
  }

  /** The text between the last mention and the caret; undefined while something is selected or the focus is elsewhere. */
  get textBeforeCaret(): string | undefined {
    const range = this.#caret();
    if (range === undefined || !range.collapsed) return undefined;
    const { startContainer: node, startOffset: offset } = range;
    return node instanceof Text ? node.data.slice(0, offset) : '';
  }

  /** Puts a mention at the caret, with a space behind it, in place of as many characters before it. */
  insertMention(id: string, replacedLength = 0): void {
    const range = this.#cleared(replacedLength);
    const space = document.createTextNode(' ');
    const fragment = document.createDocumentFragment();
    fragment.append(this.#pill(id), space);
    range.insertNode(fragment);
    this.#caretTo(space, 1);
    this.#changed();
  }

  /** Puts text at the caret, in place of as many characters before it. */
  insertText(text: string, replacedLength = 0): void {
    this.#insert(text, replacedLength);
  }

  /** Puts the focus here, and the caret where it was, or at the end of what the caret was never in. */
  focus(): void {
    const before = this.#caret();
    this.element.focus();
    if (before === undefined) this.#caretTo(this.element, this.element.childNodes.length);
  }

  #insert(text: string, replacedLength = 0): void {
    const range = this.#cleared(replacedLength);
    const fragment = this.#build(text.replaceAll('\r\n', '\n'));
    const last = fragment.lastChild;
    range.insertNode(fragment);
    if (last !== null) {
      const after = document.createRange();
      after.setStartAfter(last);
      this.#select(after);
    }
    this.element.normalize();
    this.#changed();
  }

  #build(content: string): DocumentFragment {
    const fragment = document.createDocumentFragment();
    let end = 0;
    for (const found of content.matchAll(MENTION)) {
      const [whole, id = ''] = found;
      if (this.#directory?.user(id) === undefined) continue;
      if (found.index > end) fragment.append(content.slice(end, found.index));
      fragment.append(this.#pill(id));
      end = found.index + whole.length;
    }
    if (end < content.length) fragment.append(content.slice(end));
    return fragment;
  }

  #pill(id: string): HTMLElement {
    const name = this.#directory?.user(id) ?? 'unknown-user';
    return h('span', { class: 'mention', contenteditable: 'false', 'data-mention': id }, `@${name}`);
  }

  #copy(event: ClipboardEvent): boolean {
    const range = this.#caret();
    if (range === undefined || range.collapsed) return false;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', serialize(range.cloneContents()));
    return true;
  }

  #caret(): Range | undefined {
    const selection = getSelection();
    if (selection === null || selection.rangeCount === 0) return undefined;
    const range = selection.getRangeAt(0);
    return this.element.contains(range.commonAncestorContainer) ? range : undefined;
  }

  #caretOrEnd(): Range {
    this.element.focus();
    const range = this.#caret();
    if (range !== undefined && this.content !== '') return range;
    const end = document.createRange();
    end.selectNodeContents(this.element);
    end.collapse(false);
    return end;
  }

  /** Where to insert something, without what is selected and as many characters before the caret. */
  #cleared(replacedLength: number): Range {
    const range = this.#caretOrEnd();
    const { startContainer: node, startOffset: offset } = range;
    if (replacedLength > 0 && node instanceof Text)
      range.setStart(node, Math.max(0, offset - replacedLength));
    range.deleteContents();
    return range;
  }

  #caretTo(node: Node, offset: number): void {
    const range = document.createRange();
    range.setStart(node, offset);
    this.#select(range);
  }

  #select(range: Range): void {
    range.collapse(true);
    const selection = getSelection();
    selection?.removeAllRanges();
    selection?.addRange(range);
  }

  #changed(): void {
    this.element.dispatchEvent(new InputEvent('input', { bubbles: true }));
  }

  /** Says in words what the field is for, where it is empty and to screen readers. */
  set placeholder(text: string) {
    setAttributes(this.element, { 'data-placeholder': text, 'aria-label': text });
  }
}

/** Reads the field: text as it is, a pill as its mention, what some browsers make of Enter as a line break. */
function serialize(node: Node): string {
  let text = '';
  for (const child of node.childNodes) {
    if (child instanceof Text) text += child.data;
    else if (child instanceof HTMLBRElement) text += '\n';
    else if (child instanceof HTMLElement) {
      const { mention } = child.dataset;
      if (mention !== undefined) text += `<@${mention}>`;
      else text += `${text === '' || text.endsWith('\n') ? '' : '\n'}${serialize(child)}`;
    }
  }
  // A space that would collapse at a line's end is typed as a hard one.
  return text.replaceAll('\u00a0', ' ');
}
