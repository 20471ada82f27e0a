import type { APISelectMenuComponent } from 'discord-api-types/v10';
import { directoryOf } from '../../model/directory';
import type { ReadyState } from '../ui';
import { COMPONENT } from './component-type';

/** Something that can be chosen. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly about?: string | undefined;
}

/** What there is to choose from where one is. */
export interface Choices {
  readonly members: readonly Choice[];
  readonly roles: readonly Choice[];
  readonly channels: readonly Choice[];
}

export function choicesIn(state: ReadyState): Choices {
  const { world, selection } = state;
  const guild = 'dm' in selection ? undefined : world.guilds.find(({ id }) => id === selection.guildId);
  return {
    members: directoryOf(world).people.map(({ id, displayName, username }) => ({
      value: id,
      label: displayName,
      about: username,
    })),
    roles: (guild?.roles ?? []).map(({ id, name }) => ({ value: id, label: `@${name}` })),
    channels: (guild?.channels ?? []).map(({ id, name }) => ({ value: id, label: `#${name}` })),
  };
}

/** What a select offers, and which of it is chosen at first. */
export function offerOf(
  select: APISelectMenuComponent,
  { members, roles, channels }: Choices,
): { readonly offered: readonly Choice[]; readonly chosen: readonly string[] } {
  if (select.type === COMPONENT.stringSelect) {
    return {
      offered: select.options.map(({ value, label, description, emoji }) => ({
        value,
        label: emoji?.name ? `${emoji.name} ${label}` : label,
        about: description,
      })),
      chosen: select.options.filter((option) => option.default).map(({ value }) => value),
    };
  }
  const chosen = (select.default_values ?? []).map(({ id }) => id);
  switch (select.type) {
    case COMPONENT.userSelect:
      return { offered: members, chosen };
    case COMPONENT.roleSelect:
      return { offered: roles, chosen };
    case COMPONENT.channelSelect:
      return { offered: channels, chosen };
    default:
      return { offered: [...members, ...roles], chosen };
  }
}
