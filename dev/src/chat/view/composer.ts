import type { ChatMessage } from '../../discord/chat-contract';
import { MAX_CONTENT_LENGTH } from '../../discord/message-length';
import { directoryOf } from '../model/directory';
import { SentHistory } from '../model/sent-history';
import { Editor } from './editor';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import { MentionMenu } from './mention-menu';
import { placeName } from './message-pane';
import type { Part, ReadyState, Ui } from './ui';

const COUNT_FROM = 1800;

/** Where one writes: the field, who is replied to, what went wrong. */
export function composer(ui: Ui): Part & { readonly editor: Editor } {
  const editor = new Editor();
  const menu = new MentionMenu(editor);
  const sent = new SentHistory();
  const drafts = new Map<string, string>();
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
    { class: 'reply-bar', hidden: true, 'data-part': 'reply-bar' },
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
  const element = h('div', { class: 'composer' }, failure, menu.element, reply, box);
  let current: ReadyState | undefined;
  let shownChannel: string | undefined;
  /** Set while the field is filled by the program, so that this does not count as writing. */
  let recalling = false;

  async function submit(): Promise<void> {
    const { content } = editor;
    if (content.trim() === '' || content.length > MAX_CONTENT_LENGTH || current?.channelId === undefined)
      return;
    const replyTo: ChatMessage | undefined = current.replyTo;
    const { channelId } = current;
    editor.content = '';
    drafts.delete(channelId);
    sent.add(content);
    try {
      await ui.actions.say(content);
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

  function recall(content: string | undefined, event: KeyboardEvent): void {
    if (content === undefined) return;
    event.preventDefault();
    recalling = true;
    editor.content = content;
    recalling = false;
  }

  function onKey(event: KeyboardEvent): void {
    // While an input method is composing, Enter takes its suggestion.
    if (event.isComposing || menu.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      void submit();
    } else if (event.key === 'Escape') {
      ui.actions.replyTo(undefined);
    } else if (
      event.key === 'ArrowUp' &&
      (editor.content === '' || sent.browsing) &&
      editor.caretAtEdge(-1)
    ) {
      recall(sent.older(), event);
    } else if (event.key === 'ArrowDown' && sent.browsing && editor.caretAtEdge(1)) {
      recall(sent.newer(), event);
    }
  }

  function onInput(): void {
    const { length } = editor.content;
    if (!recalling) sent.leave();
    menu.look();
    counter.hidden = length < COUNT_FROM;
    setText(counter, String(MAX_CONTENT_LENGTH - length));
    setAttributes(counter, { 'data-over': length > MAX_CONTENT_LENGTH });
    send.disabled = length === 0 || length > MAX_CONTENT_LENGTH;
    if (shownChannel !== undefined) drafts.set(shownChannel, editor.content);
  }

  function setFailure(text: string | undefined): void {
    failure.hidden = text === undefined;
    setText(failure, text ?? '');
  }

  editor.element.addEventListener('keydown', onKey);
  editor.element.addEventListener('input', onInput);
  editor.element.addEventListener('blur', () => menu.close());
  onInput();

  return {
    element,
    editor,
    update(state) {
      const directory = directoryOf(state.world);
      editor.directory = directory;
      menu.directory = directory;
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
      if (state.channelId === shownChannel) return;
      shownChannel = undefined;
      editor.content = drafts.get(state.channelId ?? '') ?? '';
      shownChannel = state.channelId;
    },
  };
}
