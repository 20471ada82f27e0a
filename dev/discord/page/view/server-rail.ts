import type { ChatGuild } from '../../src/chat-contract';
import { unreadIn } from '../model/unread';
import { avatar } from './avatar';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import { keyedList } from './keyed-list';
import type { Component, ReadyState, Ui } from './ui';

interface Place {
  readonly key: string;
  readonly guild: ChatGuild | undefined;
  readonly name: string;
  readonly imageUrl: string;
  readonly selected: boolean;
  readonly unread: number;
  readonly pings: number;
}

/** The servers as a column of pictures; the direct messages with the bot come first. */
export function serverRail(ui: Ui): Component {
  const places = h('ul', { class: 'rail-list', role: 'list' });
  const add = button(
    { class: 'rail-add', title: 'Add a server', 'aria-label': 'Add a server' },
    () => ui.addGuild(),
    icon('plus'),
  );
  const element = h('nav', { class: 'rail', 'aria-label': 'Servers' }, places, add);
  const show = keyedList<Place>(
    places,
    ({ key }) => key,
    (place) => railItem(place, ui),
  );
  return {
    element,
    update: (state) => show([dmPlace(state), ...state.world.guilds.map((guild) => guildPlace(guild, state))]),
  };
}

function dmPlace({ world, selection, unread }: ReadyState): Place {
  const mine = world.dms.filter(({ memberId }) => memberId === selection.memberId);
  const { count, pings } = unreadIn(
    unread,
    mine.map(({ channelId }) => channelId),
  );
  return {
    key: 'dm',
    guild: undefined,
    name: 'Direct messages',
    imageUrl: world.bot.avatarUrl,
    selected: 'dm' in selection,
    unread: count,
    pings,
  };
}

function guildPlace(guild: ChatGuild, { selection, unread }: ReadyState): Place {
  const { count, pings } = unreadIn(
    unread,
    guild.channels.map(({ id }) => id),
  );
  const selected = !('dm' in selection) && selection.guildId === guild.id;
  return { key: guild.id, guild, name: guild.name, imageUrl: guild.iconUrl, selected, unread: count, pings };
}

function railItem(first: Place, ui: Ui) {
  const badge = h('span', { class: 'badge', 'aria-hidden': 'true' });
  const open = button(
    {
      class: 'rail-button',
      'data-guild-id': first.guild?.id,
      'data-dm': first.guild === undefined,
      title: first.name,
    },
    () => {
      if (first.guild === undefined) ui.actions.openDm();
      else ui.actions.openGuild(first.guild.id);
    },
    avatar({ name: first.name, url: first.imageUrl, isBot: first.guild === undefined }, 'rail-picture'),
  );
  const pill = h('span', { class: 'rail-pill', 'aria-hidden': 'true' });
  const element = h(
    'li',
    { class: first.guild === undefined ? 'rail-item rail-item-dm' : 'rail-item' },
    pill,
    open,
    badge,
  );
  const update = ({ name, selected, unread, pings }: Place) => {
    const label = unread === 0 || selected ? name : `${name}, ${unread} unread`;
    setAttributes(open, { 'aria-current': selected && 'page', 'aria-label': label });
    setAttributes(element, { 'data-unread': unread > 0 && !selected });
    setText(badge, pings > 99 ? '99+' : String(pings));
    badge.hidden = pings === 0;
  };
  return { element, update };
}
