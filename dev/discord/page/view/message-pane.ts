import { emptyLog, isVisibleTo } from '../model/channel-log';
import { directoryOf } from '../model/directory';
import { layOut, type Row } from '../model/rows';
import { findChannel } from '../model/selection';
import { dayText } from '../model/time-text';
import { avatar } from './avatar';
import { button, h, setText } from './element';
import { hintList } from './hints';
import { icon } from './icon';
import { keyedList } from './keyed-list';
import { messageView } from './message';
import { roveThroughMessages } from './message-focus';
import { ScrollKeeper } from './scroll-keeper';
import type { Component, ReadyState, Ui } from './ui';

/** The messages of the open channel, with a page more whenever one scrolls near the top. */
export function messagePane(ui: Ui): Component & { show(messageId: string): Promise<void> } {
  const beginning = h('div', { class: 'beginning' });
  const loading = h('div', { class: 'loading', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
  const rows = h('div', { class: 'rows', 'data-component': 'messages' });
  const column = h('div', { class: 'column' }, beginning, loading, rows);
  const scroller = h('div', { class: 'scroller', tabindex: 0, role: 'region' }, column);
  const jumpText = h('span');
  const jump = button(
    { class: 'jump', hidden: true, 'data-component': 'jump' },
    () => toEnd(),
    jumpText,
    icon('down'),
  );
  const element = h('section', { class: 'message-pane' }, scroller, jump);

  let current: ReadyState | undefined;
  const scroll = new ScrollKeeper(scroller, {
    nearTop: () => {
      if (current !== undefined && logOf(current).complete === false) void ui.actions.readOlder();
    },
    moved: (atEnd) => {
      ui.actions.seen(atEnd);
      showJump();
    },
  });
  roveThroughMessages(scroller, rows);
  const showRows = keyedList<Row>(rows, ({ key }) => key, createRow);

  function createRow(first: Row) {
    if (first.kind === 'message') {
      const view = messageView({ ...first, state: ready() }, ui);
      return {
        element: view.element,
        update: (row: Row) => {
          if (row.kind === 'message') view.update({ ...row, state: ready() });
        },
      };
    }
    if (first.kind === 'new') {
      return {
        element: h(
          'div',
          { class: 'divider divider-new', role: 'separator', 'aria-label': 'New messages' },
          h('span', {}, 'New'),
        ),
        update: () => {},
      };
    }
    const text = dayText(first.at);
    return {
      element: h('div', { class: 'divider', role: 'separator', 'aria-label': text }, h('span', {}, text)),
      update: () => {},
    };
  }

  function ready(): ReadyState {
    if (current === undefined) throw new Error('a row was made before the first update');
    return current;
  }

  function toEnd(): void {
    scroll.toEnd();
    ui.focusComposer();
  }

  function showJump(): void {
    const unread = current?.channelId === undefined ? undefined : current.unread.get(current.channelId);
    jump.hidden = scroll.atEnd;
    setText(
      jumpText,
      unread === undefined
        ? 'Jump to the latest'
        : `${unread.count} new message${unread.count === 1 ? '' : 's'}`,
    );
  }

  let shownChannel: string | undefined;
  let shownHint = '';

  return {
    element,
    update(state) {
      const before = current;
      current = state;
      const log = logOf(state);
      const loaded = state.channelId !== undefined && state.logs.has(state.channelId);
      const moved = shownChannel !== state.channelId;
      const wrote =
        log.messages.at(-1)?.author.id === state.selection.memberId &&
        before !== undefined &&
        logOf(before).messages.at(-1)?.id !== log.messages.at(-1)?.id;
      const restore = scroll.remember();
      shownChannel = state.channelId;
      scroller.setAttribute('aria-label', `Messages in ${placeName(state)}`);
      loading.hidden = loaded && log.complete;
      showBeginning(state, loaded && log.complete, log.messages.length === 0);
      const visible = log.messages.filter((message) => isVisibleTo(message, state.selection.memberId));
      showRows(layOut(visible, state.dividerId));
      if (moved || wrote) scroll.toEnd();
      else restore();
      scroll.look();
      showJump();
    },
    async show(messageId) {
      if (!(await ui.actions.bringIn(messageId))) return;
      // The rows are there once the store has called its listeners.
      await Promise.resolve();
      const message = rows.querySelector<HTMLElement>(`[data-message-id="${CSS.escape(messageId)}"]`);
      if (message === null) return;
      // At once: a smooth scroll would be cut short by whatever is shown next.
      message.scrollIntoView({ block: 'center' });
      scroll.look();
      message.focus({ preventScroll: true });
      message.classList.remove('flash');
      void message.offsetWidth;
      message.classList.add('flash');
    },
  };

  function showBeginning(state: ReadyState, start: boolean, empty: boolean): void {
    const key = JSON.stringify([start, empty, state.channelId, state.selection.memberId, placeName(state)]);
    if (key === shownHint) return;
    shownHint = key;
    beginning.replaceChildren();
    if (!start) return;
    const place = placeName(state);
    const dm = 'dm' in state.selection;
    beginning.append(
      dm
        ? avatar({ name: place, url: state.world.bot.avatarUrl, isBot: true }, 'avatar avatar-large')
        : h('div', { class: 'beginning-mark' }, icon('hash')),
      h('h2', { class: 'beginning-title' }, dm ? place : `Welcome to ${place}`),
      h(
        'p',
        { class: 'beginning-text' },
        dm
          ? `This is the beginning of your direct messages with ${place}. Only you and the bot can see them.`
          : 'This is the beginning of the channel.',
      ),
    );
    if (!empty) return;
    const panel = h('section', {
      class: 'hint-panel',
      'aria-label': 'Things to try',
      'data-component': 'hints',
    });
    panel.append(
      h('h3', { class: 'hint-panel-title' }, icon('bulb'), 'Things to try'),
      hintList(state, directoryOf(state.world), ui),
    );
    beginning.append(panel);
  }
}

function logOf(state: ReadyState) {
  return (state.channelId === undefined ? undefined : state.logs.get(state.channelId)) ?? emptyLog;
}

/** What the open place is called. */
export function placeName(state: ReadyState): string {
  if ('dm' in state.selection) return state.world.bot.username;
  const found = findChannel(state.world, state.selection.channelId);
  return `#${found?.channel.name ?? 'unknown'}`;
}
