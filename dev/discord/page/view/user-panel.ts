import { directoryOf } from '../model/directory';
import { avatar } from './avatar';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import { popover } from './popover';
import type { Component, ReadyState, Ui } from './ui';

/** Who one writes as, with a menu of everybody one can be. */
export function userPanel(ui: Ui): Component {
  const picture = h('span', { class: 'user-picture' });
  const name = h('span', { class: 'user-name' });
  const hint = h('span', { class: 'user-hint' }, 'writing as ');
  const open = button(
    { class: 'user-button', 'aria-haspopup': 'menu', 'data-component': 'who-am-i' },
    () => openMenu(),
    picture,
    h('span', { class: 'user-text' }, hint, name),
    h('span', { class: 'visually-hidden' }, '. Change'),
    icon('chevrons'),
  );
  const element = h('section', { class: 'user-panel', 'aria-label': 'Who you are' }, open);
  let current: ReadyState | undefined;
  let shownUrl = '';

  function openMenu(): void {
    if (current === undefined) return;
    const { world, selection } = current;
    const choices = world.members.map((member) => {
      const chosen = member.id === selection.memberId;
      return button(
        {
          class: 'menu-item',
          role: 'menuitemradio',
          'aria-checked': String(chosen),
          'data-member-id': member.id,
        },
        () => {
          menu.close();
          ui.actions.writeAs(member.id);
          ui.focusComposer();
        },
        avatar(
          { name: member.displayName, url: member.avatarUrl, color: member.color },
          'avatar avatar-small',
        ),
        h('span', { class: 'menu-text' }, member.displayName),
        chosen && icon('check'),
      );
    });
    const add = button(
      { class: 'menu-item menu-item-add', role: 'menuitem' },
      () => {
        menu.close();
        ui.addMember();
      },
      icon('plus'),
      h('span', { class: 'menu-text' }, 'Add a member…'),
    );
    const menu = popover(open, { class: 'menu', role: 'menu', 'aria-label': 'Write as' }, [...choices, add]);
  }

  return {
    element,
    update(state) {
      current = state;
      const me = directoryOf(state.world).person(state.selection.memberId);
      if (me === undefined) return;
      setText(name, me.displayName);
      setAttributes(open, { 'data-member-id': me.id });
      if (shownUrl === me.avatarUrl) return;
      shownUrl = me.avatarUrl;
      picture.replaceChildren(avatar({ name: me.displayName, url: me.avatarUrl, color: me.color }));
    },
  };
}
