import { directoryOf } from '../model/directory';
import { h, setText } from './element';
import type { Component } from './ui';

/** Who is writing in the open channel. Its height is kept when nobody is, so nothing jumps. */
export function typingLine(): Component {
  const text = h('span', { class: 'typing-text' });
  const dots = h('span', { class: 'typing-dots', 'aria-hidden': 'true' }, h('i'), h('i'), h('i'));
  const element = h('div', { class: 'typing', 'data-component': 'typing' }, dots, text);
  return {
    element,
    update({ typing, channelId, selection, world }) {
      const directory = directoryOf(world);
      const names = [...(typing.get(channelId ?? '')?.keys() ?? [])]
        .filter((id) => id !== selection.memberId)
        .map((id) => directory.user(id) ?? 'Somebody');
      dots.hidden = names.length === 0;
      setText(
        text,
        names.length === 0 ? '' : `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} typing …`,
      );
    },
  };
}
