import type { ChatReaction } from '../../src/chat-contract';
import type { Directory } from '../model/directory';
import { button, h, setAttributes, setText } from './element';
import { keyedList, type View } from './keyed-list';

interface Shown {
  readonly reactions: readonly ChatReaction[];
  readonly viewerId: string;
  readonly directory: Directory;
}

/** The reactions under a message, as pills to press. */
export function reactionBar(toggle: (emoji: string) => void): View<Shown> {
  const element = h('div', { class: 'reactions', 'data-component': 'reactions' });
  let context: Shown | undefined;
  const show = keyedList<ChatReaction>(
    element,
    ({ emoji }) => emoji,
    (first) => {
      const count = h('span', { class: 'reaction-count' });
      const pill = button(
        { class: 'reaction', 'data-emoji': first.emoji },
        () => toggle(first.emoji),
        h('span', { class: 'reaction-emoji' }, emojiText(first.emoji)),
        count,
      );
      const update = (reaction: ChatReaction) => {
        if (context === undefined) return;
        const { viewerId, directory } = context;
        const who = reaction.userIds.map((id) => directory.user(id) ?? 'somebody').join(', ');
        setText(count, String(reaction.count));
        setAttributes(pill, {
          'aria-pressed': String(reaction.userIds.includes(viewerId)),
          'aria-label': `${emojiText(reaction.emoji)}, ${reaction.count}: ${who}`,
          title: `${who} reacted with ${emojiText(reaction.emoji)}`,
        });
      };
      return { element: pill, update };
    },
  );
  return {
    element,
    update(shown) {
      context = shown;
      show(shown.reactions);
    },
  };
}

/** A custom emoji is `name:id`; there is no picture of it here. */
function emojiText(emoji: string): string {
  const custom = /^(\w+):\d+$/.exec(emoji)?.[1];
  return custom === undefined ? emoji : `:${custom}:`;
}
