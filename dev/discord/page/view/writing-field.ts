import { MAX_CONTENT_LENGTH, messageLength } from '../../src/message-length';
import type { Directory } from '../model/directory';
import { outgoing } from '../model/outgoing';
import { CompletionMenu, type CompletionSource } from './completion-menu';
import { emoji, people } from './completion-sources';
import { Editor } from './editor';

/** A field for a message, new or old, with what it offers while one writes. */
export class WritingField {
  readonly editor: Editor;
  readonly menu: CompletionMenu;
  #directory: Directory | undefined;

  /** `component` is the `data-component` of the field; `sources` come before those that every field has. */
  constructor(component: string, ...sources: readonly CompletionSource[]) {
    this.editor = new Editor(component);
    this.menu = new CompletionMenu(this.editor, [
      ...sources,
      people(this.editor, () => this.#directory),
      emoji(this.editor),
    ]);
    this.editor.element.addEventListener('input', () => this.menu.look());
    this.editor.element.addEventListener('blur', () => this.menu.close());
  }

  set directory(directory: Directory) {
    this.#directory = directory;
    this.editor.directory = directory;
  }

  /** What would be sent: names that were typed are mentions there. */
  get outgoing(): string {
    return outgoing(this.editor.content, this.#directory?.people ?? []);
  }

  /** How many characters more would fit; negative when there are too many. */
  get room(): number {
    return MAX_CONTENT_LENGTH - messageLength(this.outgoing);
  }

  /** Why it cannot be sent as it is, as a sentence; undefined when that is no question of its length. */
  get tooLong(): string | undefined {
    const { room } = this;
    if (room >= 0) return undefined;
    const length = (MAX_CONTENT_LENGTH - room).toLocaleString('en');
    const most = MAX_CONTENT_LENGTH.toLocaleString('en');
    return `This message has ${length} characters; Discord takes at most ${most}. It is not sent: shorten it by ${-room}.`;
  }
}
