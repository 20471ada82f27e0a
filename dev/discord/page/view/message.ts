import type { ChatAuthor, ChatMessage } from '../../src/chat-contract';
import { renderMarkdown } from '../markdown/dom';
import { parseMarkdown } from '../markdown/parse';
import { plainText } from '../markdown/plain-text';
import { type Directory, directoryOf } from '../model/directory';
import { clockText, fullText, stampText } from '../model/time-text';
import { showAppContent } from './apps/app-content';
import { openAppMenu } from './apps/app-menu';
import { authorPicture, avatar } from './avatar';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import type { View } from './keyed-list';
import { botTag } from './member-list';
import { messageEditor } from './message-editor';
import { reactionBar } from './reactions';
import type { ReadyState, Ui } from './ui';

/** A message in its surroundings. */
export interface ShownMessage {
  readonly message: ChatMessage;
  /** Under the name and picture of the one above. */
  readonly grouped: boolean;
  readonly state: ReadyState;
}

const ONLY_EMOJI = /^(?:\p{RGI_Emoji}|\s){1,40}$/v;

/** One message: who, when, what it replies to, its text, its reactions, and what one can do with it. */
export function messageView(first: ShownMessage, ui: Ui): View<ShownMessage> {
  let shown = first;
  const quote = h('div', { class: 'quote-slot' });
  const gutter = h('div', { class: 'message-gutter' });
  const header = h('div', { class: 'message-header' });
  const content = h('div', { class: 'message-content', 'data-component': 'content' });
  const apps = h('div', { class: 'message-apps', hidden: true });
  const reactions = reactionBar((emoji) => ui.actions.toggleReaction(shown.message, emoji));
  const body = h('div', { class: 'message-body' }, header, content, apps, reactions.element);
  const tools = toolbar(() => shown.message, ui);
  let editing: HTMLElement | undefined;
  const element = h(
    'article',
    { class: 'message', tabindex: -1, 'data-message-id': first.message.id },
    quote,
    gutter,
    body,
    tools.element,
  );
  // Also what the keyboard's menu key does on a message that has the focus.
  element.addEventListener('contextmenu', (event) => {
    const hasOwnMenu =
      event.target instanceof Element && event.target.closest('a, img, input, select, [contenteditable]');
    if (hasOwnMenu || getSelection()?.isCollapsed === false) return;
    event.preventDefault();
    tools.openApps();
  });
  let day = '';
  let headKey = '';
  let contentKey = '';
  let quoteKey = '';

  function update(next: ShownMessage): void {
    const today = new Date().toDateString();
    // Most changes of the store concern other messages than this one, of which there may be hundreds.
    const same =
      day === today &&
      shown.message === next.message &&
      shown.grouped === next.grouped &&
      shown.state.world === next.state.world &&
      shown.state.selection === next.state.selection &&
      isEdited(next) === (editing !== undefined);
    shown = next;
    if (same) return;
    // Tomorrow "Today" is wrong.
    day = today;
    const { message, grouped, state } = next;
    const directory = directoryOf(state.world);
    const viewerId = state.selection.memberId;
    const { author, replyTo } = message;
    setAttributes(element, {
      'data-author-id': author.id,
      'data-bot': author.bot,
      'data-grouped': grouped,
      'data-ephemeral': message.visibleTo !== undefined,
      'data-pinged': message.mentions.includes(viewerId),
      'aria-label': `${author.name}, ${stampText(message.at, Date.now())}`,
    });
    const nextHeadKey = JSON.stringify([author, grouped, message.at, today]);
    if (headKey !== nextHeadKey) {
      headKey = nextHeadKey;
      gutter.replaceChildren(grouped ? shortTime(message) : pictureButton(author, directory, ui));
      header.replaceChildren(...(grouped ? [] : headerOf(message, ui)));
    }
    const markdown = {
      names: directory,
      pings: message.mentions,
      viewerId,
      openPerson: ui.openPerson,
      openChannel: (id: string) => ui.actions.openMentionedChannel(id),
    };
    const nextContentKey = JSON.stringify([
      message.content,
      message.mentions,
      message.editedAt,
      viewerId,
      directory.namesKey,
    ]);
    if (contentKey !== nextContentKey) {
      contentKey = nextContentKey;
      const rendered = renderMarkdown(parseMarkdown(message.content), markdown);
      setAttributes(content, { 'data-jumbo': ONLY_EMOJI.test(message.content) });
      content.replaceChildren(rendered);
      if (message.editedAt !== null) {
        content.append(h('span', { class: 'message-edited', title: fullText(message.editedAt) }, '(edited)'));
      }
    }
    showAppContent(apps, message, markdown, state, ui);
    const nextQuoteKey = JSON.stringify([replyTo, message.usedCommand, directory.namesKey]);
    if (quoteKey !== nextQuoteKey) {
      quoteKey = nextQuoteKey;
      const lines = [
        replyTo !== null && quotedLine(replyTo, directory, ui),
        message.usedCommand !== undefined && commandLine(message.usedCommand, directory, ui),
      ];
      quote.replaceChildren(...lines.filter((line) => line !== false));
    }
    reactions.update({ reactions: message.reactions, viewerId, directory });
    tools.setOwn(author.id === viewerId && !author.bot);
    showEditor(isEdited(next), directory);
  }

  function showEditor(wanted: boolean, directory: Directory): void {
    if (wanted === (editing !== undefined)) return;
    content.hidden = wanted;
    editing?.remove();
    editing = undefined;
    if (!wanted) return;
    const editor = messageEditor(shown.message, directory, ui);
    editing = editor.element;
    content.after(editing);
    // Only once it is on the page can it have the focus.
    queueMicrotask(() => {
      editor.focus();
      element.scrollIntoView({ block: 'nearest' });
    });
  }

  return { element, update };
}

function isEdited({ message, state }: ShownMessage): boolean {
  return state.editingId === message.id;
}

function pictureButton(author: ChatAuthor, directory: Directory, ui: Ui): HTMLElement {
  const picture = avatar(authorPicture(author, directory));
  // The name beside it opens the same card and can be reached with the keyboard.
  const open = button(
    { class: 'picture-button', tabindex: -1, 'aria-hidden': 'true' },
    () => ui.openPerson(author.id, open),
    picture,
  );
  return open;
}

function shortTime(message: ChatMessage): HTMLElement {
  const attributes = { class: 'message-short-time', datetime: message.at, title: fullText(message.at) };
  return h('time', attributes, clockText(message.at));
}

function headerOf(message: ChatMessage, ui: Ui): HTMLElement[] {
  const { author, at } = message;
  const name = button(
    {
      class: author.bot ? 'message-author person-bot' : 'message-author person',
      'data-component': 'author',
      tabindex: -1,
    },
    () => ui.openPerson(author.id, name),
    author.name,
  );
  name.style.setProperty('--person', author.color);
  const time = h(
    'time',
    { class: 'message-time', datetime: at, title: fullText(at) },
    stampText(at, Date.now()),
  );
  return author.bot ? [name, botTag(), time] : [name, time];
}

function quotedLine(replyTo: NonNullable<ChatMessage['replyTo']>, directory: Directory, ui: Ui): HTMLElement {
  const { author } = replyTo;
  const name = h('span', { class: author.bot ? 'quote-name person-bot' : 'quote-name person' }, author.name);
  name.style.setProperty('--person', author.color);
  const text = h('span', { class: 'quote-text' });
  setText(text, plainText(parseMarkdown(replyTo.content), directory));
  return button(
    {
      class: 'quote',
      'data-component': 'quote',
      'data-quoted-id': replyTo.id,
      title: 'Show the message this replies to',
      tabindex: -1,
    },
    () => ui.showMessage(replyTo.id),
    avatar(authorPicture(author, directory), 'avatar avatar-tiny'),
    name,
    text,
  );
}

/** Which command a message replies to, and who used it. */
function commandLine(
  { name, by }: NonNullable<ChatMessage['usedCommand']>,
  directory: Directory,
  ui: Ui,
): HTMLElement {
  const person = h('span', { class: 'quote-name person' }, by.name);
  person.style.setProperty('--person', by.color);
  const open = button(
    { class: 'quote quote-command', 'data-component': 'used-command', tabindex: -1 },
    () => ui.openPerson(by.id, open),
    avatar(authorPicture(by, directory), 'avatar avatar-tiny'),
    person,
    ' used ',
    h('span', { class: 'quote-command-name' }, /^[a-z]/.test(name) ? `/${name}` : name),
  );
  return open;
}

function toolbar(
  message: () => ChatMessage,
  ui: Ui,
): { readonly element: HTMLElement; openApps(): void; setOwn(own: boolean): void } {
  const quick = ['👍', '❤️'].map((emoji) =>
    button(
      { class: 'tool', title: `React with ${emoji}`, 'aria-label': `React with ${emoji}`, tabindex: -1 },
      () => void ui.actions.toggleReaction(message(), emoji),
      emoji,
    ),
  );
  const react = button(
    {
      class: 'tool',
      title: 'Add a reaction',
      'aria-label': 'Add a reaction',
      tabindex: -1,
      'data-tool': 'react',
    },
    () => ui.pickEmoji(react, (emoji) => void ui.actions.toggleReaction(message(), emoji)),
    icon('smile'),
  );
  const reply = button(
    { class: 'tool', title: 'Reply', 'aria-label': 'Reply', tabindex: -1, 'data-tool': 'reply' },
    () => {
      ui.actions.replyTo(message());
      ui.focusComposer();
    },
    icon('reply'),
  );
  const apps = button(
    { class: 'tool', title: 'Apps', 'aria-label': 'Apps', tabindex: -1, 'data-tool': 'apps' },
    () => void openAppMenu(apps, { kind: 'message', id: message().id }, ui),
    icon('apps'),
  );
  const edit = button(
    { class: 'tool', title: 'Edit', 'aria-label': 'Edit', tabindex: -1, 'data-tool': 'edit' },
    () => ui.actions.startEditing(message().id),
    icon('edit'),
  );
  const remove = button(
    {
      class: 'tool tool-danger',
      title: 'Delete',
      'aria-label': 'Delete',
      tabindex: -1,
      'data-tool': 'delete',
    },
    () => ui.deleteMessage(message()),
    icon('trash'),
  );
  const element = h(
    'div',
    { class: 'message-tools', role: 'toolbar', 'aria-label': 'Message' },
    ...quick,
    react,
    reply,
    apps,
    edit,
    remove,
  );
  return {
    element,
    openApps: () => apps.click(),
    setOwn: (own) => {
      edit.hidden = !own;
      remove.hidden = !own;
    },
  };
}
