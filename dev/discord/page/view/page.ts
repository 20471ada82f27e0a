import type { APIModalInteractionResponseCallbackComponent } from 'discord-api-types/v10';
import type { ChatMessage } from '../../src/chat-contract';
import type { Actions } from '../actions';
import { parseMarkdown } from '../markdown/parse';
import { plainText } from '../markdown/plain-text';
import { directoryOf } from '../model/directory';
import { findChannel } from '../model/selection';
import { unreadIn } from '../model/unread';
import type { PageState, Store } from '../store';
import { choicesIn } from './apps/choices';
import { openModal } from './apps/modal-dialog';
import { channelList } from './channel-list';
import { composer } from './composer';
import { askToConfirm } from './confirm-dialog';
import { connectionBanner } from './connection-banner';
import { h, setText } from './element';
import { openEmojiPicker } from './emoji-picker';
import { openHintPopover } from './hints';
import { memberList } from './member-list';
import { messagePane } from './message-pane';
import { askName } from './name-dialog';
import { openPersonCard } from './person-card';
import { serverRail } from './server-rail';
import { servicesNotice, servicesRow } from './services-view';
import { topBar } from './top-bar';
import { typingLine } from './typing-line';
import { isReady, type Ui } from './ui';
import { userPanel } from './user-panel';

/** Below this, servers and channels are a drawer; the style sheet has the same figure. */
const NARROW = '(max-width: 760px)';
const NO_ROOM_FOR_MEMBERS = '(max-width: 1100px)';

/**
 * Builds the page into `root` and keeps it in step with the store. `retry` reconnects at once.
 *
 * Programs find their way by roles and names, `data-component`, and the ids of what is shown: `data-message-id`,
 * `data-author-id`, `data-channel-id`, `data-guild-id`, `data-member-id`, `data-emoji` (see `testing/chat-driver.ts`).
 */
export function buildPage(root: HTMLElement, store: Store, actions: Actions, retry: () => void): void {
  const ui: Ui = {
    actions,
    openPerson: (id, anchor) => openPersonCard(id, anchor, store.state, ui),
    pickEmoji: openEmojiPicker,
    openHints: (anchor) => {
      const { state } = store;
      if (isReady(state)) openHintPopover(anchor, state, directoryOf(state.world), ui);
    },
    mention: (id) => {
      uncover();
      writing.editor.insertMention(id);
    },
    compose: (content) => {
      writing.editor.focus();
      writing.editor.content = content;
    },
    focusComposer: () => {
      uncover();
      writing.editor.focus();
    },
    showOutcome: (outcome) => {
      const { state } = store;
      if (outcome.kind !== 'modal' || !isReady(state)) return;
      const { interactionId, title, components } = outcome;
      openModal({
        title,
        // The local Discord has checked and completed them.
        components: components as unknown as APIModalInteractionResponseCallbackComponent[],
        appName: state.world.bot.username,
        markdown: {
          names: directoryOf(state.world),
          pings: [],
          viewerId: state.selection.memberId,
          openPerson: ui.openPerson,
          openChannel: (id) => actions.openMentionedChannel(id),
        },
        choices: choicesIn(state),
        submit: async (values) => {
          ui.showOutcome(await actions.interact({ kind: 'modal', interactionId, values }));
        },
        closed: () => ui.focusComposer(),
      });
    },
    deleteMessage: (message) =>
      askToConfirm({
        title: 'Delete this message?',
        about: 'It is deleted for everybody. What it changed within the last minutes is taken back.',
        quote: quoteOf(message, store.state),
        confirm: 'Delete',
        act: () => actions.remove(message),
        closed: () => ui.focusComposer(),
      }),
    showMessage: (id) => void messages.show(id),
    addMember: () =>
      askName({
        title: 'Add a member',
        about: 'Somebody else to write as. They join every server.',
        label: 'Name',
        placeholder: 'Grace Hopper',
        confirm: 'Add member',
        make: (name) => actions.addMember(name),
      }),
    addGuild: () =>
      askName({
        title: 'Add a server',
        about: 'Each server keeps its own karma. The bot and all members join it.',
        label: 'Server name',
        placeholder: 'Rust Club',
        confirm: 'Add server',
        make: (name) => actions.addGuild(name),
      }),
    addChannel: (guildId) =>
      askName({
        title: 'Add a channel',
        about: 'Channels of one server share their karma.',
        label: 'Channel name',
        placeholder: 'release-party',
        confirm: 'Add channel',
        make: (name) => actions.addChannel(guildId, name),
      }),
    toggleMembers: () => {
      const shown = shell.dataset.members === 'shown';
      shell.dataset.members = shown ? 'hidden' : 'shown';
    },
    toggleDrawer: (open) => {
      shell.toggleAttribute('data-drawer', open);
      updateDrawer();
    },
  };
  const rail = serverRail(ui);
  const channels = channelList(ui);
  const me = userPanel(ui);
  const bar = topBar(ui);
  const messages = messagePane(ui);
  const writing = composer(ui);
  const typing = typingLine();
  const members = memberList(ui);
  const services = servicesRow();
  const notice = servicesNotice();
  const banner = connectionBanner(retry);
  const announcer = h('div', {
    class: 'visually-hidden',
    'aria-live': 'polite',
    'data-component': 'announcer',
  });
  const splash = h('div', { class: 'splash', role: 'status' }, 'Connecting to the local Discord …');
  const drawer = h(
    'div',
    { class: 'drawer' },
    rail.element,
    h('div', { class: 'sidebar' }, channels.element, services.element, me.element),
  );
  const scrim = h('div', { class: 'scrim', 'data-component': 'scrim' });
  scrim.addEventListener('click', () => ui.toggleDrawer(false));
  const main = h(
    'main',
    { class: 'main' },
    bar.element,
    notice.element,
    h(
      'div',
      { class: 'main-columns' },
      h('div', { class: 'conversation' }, messages.element, writing.element, typing.element),
      members.element,
    ),
  );
  const shell = h('div', { class: 'shell', hidden: true }, drawer, main, scrim);
  root.replaceChildren(banner.element, shell, splash, announcer);

  const narrow = matchMedia(NARROW);
  const updateDrawer = () => {
    const open = shell.hasAttribute('data-drawer');
    drawer.inert = narrow.matches && !open;
    main.inert = narrow.matches && open;
  };
  narrow.addEventListener('change', updateDrawer);
  updateDrawer();
  const crowded = matchMedia(NO_ROOM_FOR_MEMBERS);
  /** Where the members cover the conversation, they go once one turns to it. */
  const uncover = () => {
    if (crowded.matches) shell.dataset.members = 'hidden';
  };
  shell.dataset.members = crowded.matches ? 'hidden' : 'shown';

  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      ui.toggleDrawer(false);
      uncover();
    } else if (isWriting(event)) writing.editor.focus();
  });

  const updated = [rail, channels, services, me, bar, notice, messages, writing, typing, members];
  store.subscribe((state) => {
    banner.update(state);
    document.title = titleOf(state);
    setText(announcer, state.announcement);
    if (!isReady(state)) return;
    const first = shell.hidden;
    shell.hidden = false;
    splash.hidden = true;
    members.element.hidden = 'dm' in state.selection;
    for (const component of updated) component.update(state);
    if (first && !narrow.matches) writing.editor.focus();
  });
}

/** A letter typed anywhere else than in a field is meant for the message. */
function isWriting(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || [...event.key].length !== 1)
    return false;
  const at = document.activeElement;
  if (event.key === ' ' && at !== document.body) return false;
  return at === null || at.closest('input, [contenteditable], [popover], dialog') === null;
}

/** The content of a message, as text. */
function quoteOf(message: ChatMessage, { world }: PageState): string {
  return world === undefined ? '' : plainText(parseMarkdown(message.content), directoryOf(world));
}

function titleOf(state: PageState): string {
  if (!isReady(state)) return 'Popple';
  const { world, selection, unread } = state;
  const { pings } = unreadIn(unread, unread.keys());
  const mark = pings > 0 ? `(${pings}) ` : unread.size > 0 ? '• ' : '';
  if ('dm' in selection) return `${mark}@${world.bot.username}`;
  const found = findChannel(world, selection.channelId);
  return found === undefined ? 'Popple' : `${mark}#${found.channel.name} | ${found.guild.name}`;
}
