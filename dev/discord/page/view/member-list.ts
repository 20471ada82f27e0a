import { directoryOf, type Person } from '../model/directory';
import { avatar, personPicture } from './avatar';
import { button, h, setAttributes, setText } from './element';
import { icon } from './icon';
import { keyedList } from './keyed-list';
import { type Component, isBotOnline, type Ui } from './ui';

interface Entry {
  readonly person: Person;
  readonly online: boolean;
  readonly viewer: boolean;
}

/** The bot with its state, and everybody else. */
export function memberList(ui: Ui): Component {
  const bots = h('ul', { class: 'member-group', role: 'list' });
  const members = h('ul', { class: 'member-group', role: 'list' });
  const botsHeading = h('h2', { class: 'members-heading' });
  const membersHeading = h('h2', { class: 'members-heading' });
  const add = button(
    { class: 'icon-button small', title: 'Add a member', 'aria-label': 'Add a member' },
    () => ui.addMember(),
    icon('plus'),
  );
  const element = h(
    'aside',
    { class: 'members', 'aria-label': 'Members', id: 'members' },
    botsHeading,
    bots,
    h('div', { class: 'members-heading-row' }, membersHeading, add),
    members,
  );
  const showBots = keyedList<Entry>(
    bots,
    ({ person }) => person.id,
    (entry) => memberItem(entry, ui),
  );
  const showMembers = keyedList<Entry>(
    members,
    ({ person }) => person.id,
    (entry) => memberItem(entry, ui),
  );
  return {
    element,
    update(state) {
      const { world, selection } = state;
      const online = isBotOnline(state);
      const { people } = directoryOf(world);
      setText(botsHeading, online ? 'Bot — online' : 'Bot — offline');
      setText(membersHeading, `Members — ${world.members.length}`);
      const entries = people.map((person) => ({
        person,
        online: person.bot ? online : true,
        viewer: person.id === selection.memberId,
      }));
      showBots(entries.filter(({ person }) => person.bot));
      showMembers(entries.filter(({ person }) => !person.bot));
    },
  };
}

function memberItem({ person }: Entry, ui: Ui) {
  const picture = h('span', { class: 'presence' }, avatar(personPicture(person), 'avatar avatar-medium'));
  const name = h(
    'span',
    { class: person.bot ? 'member-name person-bot' : 'member-name person' },
    person.displayName,
  );
  if (person.color !== undefined) name.style.setProperty('--person', person.color);
  const note = h('span', { class: 'member-note' });
  const open = button(
    { class: 'member', 'data-member-id': person.id },
    () => ui.openPerson(person.id, open),
    picture,
    h(
      'span',
      { class: 'member-text' },
      h('span', { class: 'member-line' }, name, person.bot && botTag()),
      note,
    ),
  );
  open.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    open.click();
  });
  const update = ({ online, viewer }: Entry) => {
    setAttributes(picture, { 'data-online': online });
    setAttributes(open, { 'data-online': String(online), 'data-viewer': viewer });
    const about = viewer ? 'you' : person.bot && !online ? 'not connected' : '';
    setText(note, about);
    note.hidden = about === '';
  };
  return { element: h('li', {}, open), update };
}

/** The mark beside a bot's name. */
export function botTag(): HTMLElement {
  return h('span', { class: 'bot-tag' }, 'BOT');
}
