import type { ChatChannel, ChatGuild, ChatState } from '../../src/chat-contract';

/** Who writes, and where one looks. It is the URL's hash, so that a reload or a shared link comes back to it. */
export type Selection =
  | { readonly memberId: string; readonly guildId: string; readonly channelId: string }
  | { readonly memberId: string; readonly dm: true };

/** What a hash asks for; a part that is missing or malformed is left out. */
export interface Wish {
  readonly memberId?: string;
  readonly guildId?: string;
  readonly channelId?: string;
  readonly dm?: boolean;
}

const ID = /^[1-9]\d{0,18}$/;

/** `#/as/<member>/<server>/<channel>`, or `#/as/<member>/dm` for the direct messages with the bot. */
export function toHash(selection: Selection): string {
  const place = 'dm' in selection ? 'dm' : `${selection.guildId}/${selection.channelId}`;
  return `#/as/${selection.memberId}/${place}`;
}

/** Reads a hash, valid or not. */
export function fromHash(hash: string): Wish {
  const [, as, memberId, place, channelId] = hash.replace(/^#/, '').split('/');
  if (as !== 'as') return {};
  const wish: { memberId?: string; guildId?: string; channelId?: string; dm?: boolean } = {};
  if (memberId !== undefined && ID.test(memberId)) wish.memberId = memberId;
  if (place === 'dm') wish.dm = true;
  else if (place !== undefined && ID.test(place)) {
    wish.guildId = place;
    if (channelId !== undefined && ID.test(channelId)) wish.channelId = channelId;
  }
  return wish;
}

/**
 * The nearest selection there is to a wish: what does not exist (any more) becomes the first of its kind. Undefined only
 * in a world without a member, or without any channel.
 */
export function resolveSelection(wish: Wish, state: ChatState): Selection | undefined {
  const member = state.members.find(({ id }) => id === wish.memberId) ?? state.members[0];
  if (member === undefined) return undefined;
  if (wish.dm === true) return { memberId: member.id, dm: true };
  const guild =
    state.guilds.find(({ id }) => id === wish.guildId) ??
    state.guilds.find(({ channels }) => channels.length > 0) ??
    state.guilds[0];
  const channel = guild?.channels.find(({ id }) => id === wish.channelId) ?? guild?.channels[0];
  if (guild === undefined || channel === undefined) return { memberId: member.id, dm: true };
  return { memberId: member.id, guildId: guild.id, channelId: channel.id };
}

/** The channel that is looked at; undefined for direct messages that were never opened. */
export function channelIdOf(selection: Selection, state: ChatState): string | undefined {
  if (!('dm' in selection)) return selection.channelId;
  return state.dms.find(({ memberId }) => memberId === selection.memberId)?.channelId;
}

/** The guild and the channel behind an id; undefined for direct messages. */
export function findChannel(
  state: ChatState,
  channelId: string,
): { guild: ChatGuild; channel: ChatChannel } | undefined {
  for (const guild of state.guilds) {
    const channel = guild.channels.find(({ id }) => id === channelId);
    if (channel !== undefined) return { guild, channel };
  }
  return undefined;
}
