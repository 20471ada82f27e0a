import { button, h } from './element';
import { popover } from './popover';

/** A handful that chat about karma asks for; the keyboard of the system has the others. */
const EMOJIS: readonly (readonly [emoji: string, name: string])[] = [
  ['👍', 'thumbs up'],
  ['👎', 'thumbs down'],
  ['❤️', 'heart'],
  ['😂', 'tears of joy'],
  ['😄', 'smile'],
  ['😮', 'surprised'],
  ['😢', 'crying'],
  ['😡', 'angry'],
  ['🎉', 'party'],
  ['🚀', 'rocket'],
  ['🔥', 'fire'],
  ['👀', 'eyes'],
  ['🙏', 'thanks'],
  ['💯', 'hundred'],
  ['✅', 'check mark'],
  ['❌', 'cross mark'],
  ['❓', 'question mark'],
  ['🤔', 'thinking'],
  ['😎', 'cool'],
  ['🥳', 'celebrating'],
  ['🍕', 'pizza'],
  ['☕', 'coffee'],
  ['🍿', 'popcorn'],
  ['🐛', 'bug'],
  ['🦀', 'crab'],
  ['🐳', 'whale'],
  ['⭐', 'star'],
  ['🏆', 'trophy'],
  ['💩', 'poo'],
  ['🤖', 'robot'],
];

/** Lets one choose an emoji beside an element. */
export function openEmojiPicker(anchor: HTMLElement, picked: (emoji: string) => void): void {
  const choices = EMOJIS.map(([emoji, name]) =>
    button(
      { class: 'emoji-choice', title: name, 'aria-label': name, 'data-emoji': emoji },
      () => {
        floating.close();
        picked(emoji);
      },
      emoji,
    ),
  );
  const grid = h('div', { class: 'emoji-grid' }, ...choices);
  const floating = popover(
    anchor,
    { class: 'emoji-picker', role: 'dialog', 'aria-label': 'Choose an emoji' },
    [grid],
  );
}
