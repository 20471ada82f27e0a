import type { ChatMessage } from '../../src/chat-contract';
import type { Directory } from '../model/directory';
import { button, h, setText } from './element';
import type { Ui } from './ui';
import { WritingField } from './writing-field';

/** A message being edited, in its own place. Enter saves, Escape leaves it as it was; nothing left asks to delete it. */
export function messageEditor(
  message: ChatMessage,
  directory: Directory,
  ui: Ui,
): { readonly element: HTMLElement; focus(): void } {
  const field = new WritingField('message-editor');
  const { editor, menu } = field;
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true });
  field.directory = directory;
  editor.placeholder = 'Edit the message';
  editor.content = message.content;

  const leave = () => {
    ui.actions.startEditing(undefined);
    ui.focusComposer();
  };
  const fail = (text: string) => {
    failure.hidden = false;
    setText(failure, text);
  };
  const save = async () => {
    if (editor.content.trim() === '') return ui.deleteMessage(message);
    if (field.tooLong !== undefined) return fail(field.tooLong);
    const content = field.outgoing;
    try {
      if (content !== message.content) await ui.actions.edit(message, content);
      leave();
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  };
  editor.element.addEventListener('keydown', (event) => {
    // The arrow keys go from message to message outside a field.
    event.stopPropagation();
    if (event.isComposing || menu.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void save();
    } else if (event.key === 'Escape') leave();
  });
  editor.element.addEventListener('input', () => {
    if (field.tooLong === undefined) failure.hidden = true;
  });
  const element = h(
    'div',
    { class: 'message-editor' },
    menu.element,
    h('div', { class: 'message-editor-box' }, editor.element),
    failure,
    h(
      'p',
      { class: 'message-editor-hint' },
      'Escape to ',
      button({ class: 'link-button' }, leave, 'cancel'),
      ', Enter to ',
      button({ class: 'link-button' }, () => void save(), 'save'),
    ),
  );
  return { element, focus: () => editor.focus() };
}
