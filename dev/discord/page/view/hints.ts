import type { Directory } from '../model/directory';
import { button, h } from './element';
import { popover } from './popover';
import type { ReadyState, Ui } from './ui';

/** Something to try: what it is for, and what to write. */
interface Hint {
  readonly content: string;
  readonly about: string;
}

function hintsFor({ bot }: ReadyState['world'], dm: boolean): Hint[] {
  const call = `<@${bot.id}>`;
  const help = { content: `${call} help`, about: 'everything it understands' };
  if (dm) return [help];
  return [
    { content: 'alice++', about: 'a point for alice' },
    { content: '(the build)--', about: 'one less for something of several words' },
    { content: `nice catch, ${call} ++`, about: 'members and the bot have karma too' },
    { content: `${call} top`, about: 'the best ten' },
    { content: `${call} bot 3`, about: 'the worst three' },
    { content: `${call} karma alice (the build)`, about: 'how these two stand' },
    { content: `${call} announce off`, about: 'count on in silence; for who manages the server' },
    help,
  ];
}

/** A list of things to write; choosing one puts it into the composer. */
export function hintList(
  state: ReadyState,
  directory: Directory,
  ui: Ui,
  chosen: () => void = () => {},
): HTMLElement {
  const hints = hintsFor(state.world, 'dm' in state.selection);
  return h(
    'ul',
    { class: 'hints', role: 'list' },
    ...hints.map(({ content, about }) => {
      const shown = content.replace(/<@(\d+)>/g, (_, id: string) => `@${directory.user(id) ?? id}`);
      const choose = button(
        { class: 'hint', 'data-hint': content },
        () => {
          chosen();
          ui.compose(content);
        },
        h('span', { class: 'hint-content' }, shown),
        h('span', { class: 'hint-about' }, about),
      );
      return h('li', {}, choose);
    }),
  );
}

/** The same list beside a button, for when the channel is no longer empty. */
export function openHintPopover(anchor: HTMLElement, state: ReadyState, directory: Directory, ui: Ui): void {
  const list = hintList(state, directory, ui, () => floating.close());
  const title = h('h2', { class: 'popover-title' }, 'Things to try');
  const floating = popover(anchor, { class: 'hint-popover', role: 'dialog', 'aria-label': 'Things to try' }, [
    title,
    list,
  ]);
}
