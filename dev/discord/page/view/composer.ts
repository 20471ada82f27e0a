import type { ChatMessage } from '../../src/chat-contract';
import { directoryOf } from '../model/directory';
import { Drafts, tabStorage } from '../model/drafts';
import { SlashCommands } from './apps/slash-commands';
import type { Editor } from './editor';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import { placeName } from './message-pane';
import type { Component, ReadyState, Ui } from './ui';
import { WritingField } from './writing-field';

/** From here on, how much room is left is shown. */
const COUNT_FROM_ROOM = 200;

/** Where one writes: the field, who is replied to, what went wrong. */
export function composer(ui: Ui): Component & { readonly editor: Editor } {
  const slash = new SlashCommands(
    ui,
    () => editor,
    (isOpen) => {
      box.hidden = isOpen;
    },
  );
  const field = new WritingField(
    'composer',
    slash.source(() => menu.look()),
  );
  const { editor, menu } = field;
  const drafts = new Drafts(tabStorage);
  const counter = h('span', { class: 'counter', 'aria-live': 'polite' });
  const replyText = h('span', { class: 'reply-text' });
  const cancelReply = button(
    { class: 'icon-button small', title: 'Reply to nobody', 'aria-label': 'Reply to nobody' },
    () => {
      ui.actions.replyTo(undefined);
      editor.focus();
    },
    icon('close'),
  );
  const reply = h(
    'div',
    { class: 'reply-bar', hidden: true, 'data-component': 'reply-bar' },
    replyText,
    cancelReply,
  );
  const failure = h('p', { class: 'failure', role: 'alert', hidden: true });
  const emoji = button(
    { class: 'icon-button', title: 'Insert an emoji', 'aria-label': 'Insert an emoji' },
    () => ui.pickEmoji(emoji, (picked) => editor.insertText(picked)),
    icon('smile'),
  );
  const send = button(
    { class: 'send-button', title: 'Send', 'aria-label': 'Send' },
    () => void submit(),
    icon('send'),
  );
  const box = h('div', { class: 'composer-box' }, editor.element, counter, emoji, send);
  const element = h('div', { class: 'composer' }, failure, menu.element, reply, box, slash.element);
  let current: ReadyState | undefined;
  let saidTooLong = false;
  /** Whose draft for which channel is in the field. */
  let shown: { readonly memberId: string; readonly channelId: string } | undefined;

  async function submit(): Promise<void> {
    const { content } = editor;
    if (content.trim() === '' || current?.channelId === undefined) return;
    if (field.tooLong !== undefined) return setFailure(field.tooLong);
    const replyTo: ChatMessage | undefined = current.replyTo;
    const { channelId } = current;
    const sent = field.outgoing;
    editor.content = '';
    try {
      await ui.actions.say(sent);
      setFailure(undefined);
    } catch (error) {
      // What could not be sent is given back, unless something else is being written by now.
      if (editor.content === '' && current.channelId === channelId) {
        editor.content = content;
        ui.actions.replyTo(replyTo);
      }
      setFailure(error instanceof Error ? error.message : String(error));
    }
  }

  function onKey(event: KeyboardEvent): void {
    // While an input method is composing, Enter takes its suggestion.
    if (event.isComposing || menu.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    } else if (event.key === 'Escape') {
      ui.actions.replyTo(undefined);
    } else if (event.key === 'ArrowUp' && editor.content === '') {
      const last = ui.actions.lastOwnMessage();
      if (last === undefined) return;
      event.preventDefault();
      ui.actions.startEditing(last.id);
    }
  }

  function onInput(): void {
    const { content } = editor;
    const { room } = field;
    counter.hidden = room > COUNT_FROM_ROOM;
    setText(counter, String(room));
    setAttributes(counter, { 'data-over': room < 0 });
    send.disabled = content === '';
    // Its length is not what is wrong any more.
    if (room >= 0 && saidTooLong) setFailure(undefined);
    if (shown !== undefined) drafts.set(shown.memberId, shown.channelId, content);
  }

  function setFailure(text: string | undefined): void {
    saidTooLong = text !== undefined && text === field.tooLong;
    failure.hidden = text === undefined;
    setText(failure, text ?? '');
  }

  editor.element.addEventListener('keydown', onKey);
  editor.element.addEventListener('input', onInput);
  onInput();

  return {
    element,
    editor,
    update(state) {
      const directory = directoryOf(state.world);
      field.directory = directory;
      slash.update(state);
      const dm = 'dm' in state.selection;
      editor.placeholder = `Message ${dm ? '@' : ''}${placeName(state)}`;
      if (state.failure !== current?.failure) setFailure(state.failure);
      current = state;
      reply.hidden = state.replyTo === undefined;
      if (state.replyTo !== undefined) {
        const { author } = state.replyTo;
        const name = h('strong', { class: author.bot ? 'person-bot' : 'person' }, author.name);
        name.style.setProperty('--person', author.color);
        replyText.replaceChildren('Replying to ', name);
      }
      const { channelId } = state;
      const { memberId } = state.selection;
      if (channelId === shown?.channelId && memberId === shown?.memberId) return;
      shown = undefined;
      editor.content = channelId === undefined ? '' : drafts.get(memberId, channelId);
      shown = channelId === undefined ? undefined : { memberId, channelId };
    },
  };
}
