import type { ChatChannel } from '../../src/chat-contract';
import { avatar } from './avatar';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import { keyedList } from './keyed-list';
import { type Component, isBotOnline, type ReadyState, type Ui } from './ui';

interface Entry {
  readonly key: string;
  readonly channel: ChatChannel | undefined;
  readonly selected: boolean;
  readonly unread: number;
  readonly pings: number;
  readonly state: ReadyState;
}

/** The channels of the open server, or the one conversation there is under direct messages. */
export function channelList(ui: Ui): Component {
  const title = h('h2', { class: 'sidebar-title' });
  const heading = h('h3', { class: 'sidebar-heading-text' });
  let guildId: string | undefined;
  const add = button(
    { class: 'icon-button small', title: 'Add a channel', 'aria-label': 'Add a channel' },
    () => {
      if (guildId !== undefined) ui.addChannel(guildId);
    },
    icon('plus'),
  );
  const channels = h('ul', { class: 'channels', role: 'list' });
  const element = h(
    'div',
    { class: 'sidebar-main' },
    h('header', { class: 'sidebar-header' }, title),
    h(
      'nav',
      { class: 'sidebar-scroll', 'aria-label': 'Channels' },
      h('div', { class: 'sidebar-heading' }, heading, add),
      channels,
    ),
  );
  const show = keyedList<Entry>(
    channels,
    ({ key }) => key,
    (entry) => channelItem(entry, ui),
  );
  return {
    element,
    update(state) {
      const { selection, world } = state;
      const guild = 'dm' in selection ? undefined : world.guilds.find(({ id }) => id === selection.guildId);
      guildId = guild?.id;
      setText(title, guild?.name ?? 'Direct messages');
      setText(heading, guild === undefined ? 'Conversations' : 'Text channels');
      add.hidden = guild === undefined;
      show(
        guild === undefined
          ? [entryOf(state.channelId, undefined, state)]
          : guild.channels.map((channel) => entryOf(channel.id, channel, state)),
      );
    },
  };
}

function entryOf(id: string | undefined, channel: ChatChannel | undefined, state: ReadyState): Entry {
  const unread = id === undefined ? undefined : state.unread.get(id);
  return {
    key: channel?.id ?? 'dm',
    channel,
    selected: channel === undefined || id === state.channelId,
    unread: unread?.count ?? 0,
    pings: unread?.pings ?? 0,
    state,
  };
}

function channelItem(first: Entry, ui: Ui) {
  const { channel } = first;
  const { bot } = first.state.world;
  const badge = h('span', { class: 'badge', 'aria-hidden': 'true' });
  const name = h('span', { class: 'channel-name' }, channel?.name ?? bot.username);
  const picture =
    channel === undefined ? botPicture(bot) : icon(channel.parentId === null ? 'hash' : 'thread');
  const open = button(
    { class: 'channel-button', 'data-channel-id': channel?.id, 'data-dm': channel === undefined },
    () => {
      const { selection } = current.state;
      if (channel === undefined) ui.actions.openDm();
      else if (!('dm' in selection)) ui.actions.openChannel(selection.guildId, channel.id);
      ui.toggleDrawer(false);
      // On a touch screen the keyboard would cover half of what one came to read.
      if (matchMedia('(hover: hover)').matches) ui.focusComposer();
    },
    picture,
    name,
    badge,
  );
  const element = h('li', { class: channel?.parentId == null ? 'channel' : 'channel channel-thread' }, open);
  let current = first;
  const update = (entry: Entry) => {
    current = entry;
    const { selected, unread, pings, channel: now } = entry;
    if (now !== undefined) setText(name, now.name);
    const spoken = `${now === undefined ? bot.username : now.name}${unread > 0 ? `, ${unread} unread` : ''}`;
    setAttributes(open, {
      'aria-current': selected && 'page',
      'aria-label': spoken,
      'data-unread': unread > 0 && unread,
    });
    setText(badge, String(pings > 0 ? pings : unread));
    setAttributes(badge, { 'data-quiet': pings === 0 });
    badge.hidden = unread === 0;
    if (now === undefined) setAttributes(picture, { 'data-online': isBotOnline(entry.state) });
  };
  return { element, update };
}

function botPicture(bot: ReadyState['world']['bot']): HTMLElement {
  const frame = h(
    'span',
    { class: 'presence' },
    avatar({ name: bot.username, url: bot.avatarUrl, isBot: true }, 'avatar avatar-small'),
  );
  return frame;
}
