import { directoryOf } from '../model/directory';
import type { PageState } from '../store';
import { appButtons } from './apps/app-menu';
import { avatar, personPicture } from './avatar';
import { button, h } from './element';
import { botTag } from './member-list';
import { personSettings } from './person-settings';
import { popover } from './popover';
import { isReady, type Ui } from './ui';

/** Shows a member, and offers to mention them, to write as them, or to write to the bot in private. */
export function openPersonCard(id: string, anchor: HTMLElement, state: PageState, ui: Ui): void {
  if (!isReady(state)) return;
  const person = directoryOf(state.world).person(id);
  if (person === undefined) return;
  const act = (label: string, action: () => void, className = 'button') =>
    button(
      { class: className },
      () => {
        card.close();
        action();
      },
      label,
    );
  const actions = [act('Mention', () => ui.mention(id), 'button button-primary')];
  if (person.bot) actions.push(act('Direct message', () => ui.actions.openDm()));
  else if (id !== state.selection.memberId) {
    actions.push(
      act(`Write as ${person.displayName}`, () => {
        ui.actions.writeAs(id);
        ui.focusComposer();
      }),
    );
  }
  const name = h(
    'span',
    { class: person.bot ? 'card-name person-bot' : 'card-name person' },
    person.displayName,
  );
  const banner = h('div', { class: 'card-banner' });
  if (person.color !== undefined) {
    name.style.setProperty('--person', person.color);
    banner.style.setProperty('--person', person.color);
  }
  const apps = h('div', { class: 'card-actions', 'data-component': 'card-apps' });
  const card = popover(anchor, { class: 'card', role: 'dialog', 'aria-label': person.displayName }, [
    banner,
    avatar(personPicture(person), 'avatar avatar-large'),
    h('div', { class: 'card-title' }, name, person.bot && botTag()),
    h('div', { class: 'card-username' }, person.username),
    h('code', { class: 'card-id', title: 'Discord id' }, `<@${person.id}>`),
    h('div', { class: 'card-actions' }, ...actions),
    apps,
    ...(person.bot ? [] : personSettings(id, state, ui)),
  ]);
  if (person.bot) return;
  const close = () => {
    card.close();
    ui.focusComposer();
  };
  void appButtons({ kind: 'member', id }, ui, close).then((buttons) => apps.append(...buttons));
}
