import { findChannel } from '../model/selection';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import { type Component, isBotOnline, type Ui } from './ui';

/** What is open, and the switches for what is beside it. */
export function topBar(ui: Ui): Component {
  const mark = h('span', { class: 'top-mark' });
  const name = h('h1', { class: 'top-name' });
  const topic = h('p', { class: 'top-topic' });
  const menu = button(
    {
      class: 'icon-button only-narrow',
      title: 'Channels',
      'aria-label': 'Show servers and channels',
      'data-component': 'open-drawer',
    },
    () => ui.toggleDrawer(true),
    icon('menu'),
  );
  const hints = button(
    {
      class: 'icon-button',
      title: 'Things to try',
      'aria-label': 'Things to try',
      'aria-haspopup': 'dialog',
    },
    () => ui.openHints(hints),
    icon('bulb'),
  );
  const members = button(
    {
      class: 'icon-button',
      title: 'Members',
      'aria-label': 'Show or hide members',
      'aria-controls': 'members',
      'data-component': 'toggle-members',
    },
    () => ui.toggleMembers(),
    icon('members'),
  );
  const element = h(
    'header',
    { class: 'top-bar' },
    menu,
    mark,
    name,
    topic,
    h('span', { class: 'top-gap' }),
    hints,
    members,
  );
  let shownMark = '';
  return {
    element,
    update(state) {
      const { selection, world } = state;
      const online = isBotOnline(state);
      const dm = 'dm' in selection;
      const channel = dm ? undefined : findChannel(world, selection.channelId)?.channel;
      setText(name, dm ? world.bot.username : (channel?.name ?? ''));
      setText(topic, dm ? (online ? 'Online' : 'Offline: the bot is not connected') : (channel?.topic ?? ''));
      topic.hidden = topic.textContent === '';
      setAttributes(topic, { title: topic.textContent ?? undefined });
      members.hidden = dm;
      const kind = dm ? 'dm' : channel?.parentId == null ? 'hash' : 'thread';
      if (kind === shownMark) return;
      shownMark = kind;
      mark.replaceChildren(kind === 'dm' ? '@' : icon(kind === 'thread' ? 'thread' : 'hash'));
    },
  };
}
