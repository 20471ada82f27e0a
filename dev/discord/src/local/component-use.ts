import {
  type APIButtonComponentWithCustomId,
  type APIMessageTopLevelComponent,
  type APISelectMenuComponent,
  ComponentType,
} from 'discord-api-types/v10';
import { channelPayload } from '../payload/channel';
import { type OptionContext, resolveMember, resolveRole } from './command-options';
import { LocalError } from './local-route';

/** What a member can press or choose from. */
type Usable = APIButtonComponentWithCustomId | APISelectMenuComponent;

type SelectionContext = Pick<OptionContext, 'world' | 'guild' | 'resolved'>;

/** The button or select with this custom id. */
export function componentOf(
  components: readonly APIMessageTopLevelComponent[],
  customId: string,
): Usable | undefined {
  return components.flatMap(usable).find((component) => component.custom_id === customId);
}

function usable(component: APIMessageTopLevelComponent): Usable[] {
  switch (component.type) {
    case ComponentType.ActionRow:
      return component.components.flatMap((each) => ('custom_id' in each ? [each] : []));
    case ComponentType.Container:
      return component.components.flatMap(usable);
    case ComponentType.Section:
      return 'custom_id' in component.accessory ? [component.accessory] : [];
    default:
      return [];
  }
}

/** Checks what was chosen in a select, and resolves it. Raises `LocalError` (400). */
export function checkSelection(
  context: SelectionContext,
  select: APISelectMenuComponent,
  values: readonly string[],
): void {
  const { min_values: least = 1, max_values: most = 1, custom_id: customId } = select;
  if (values.length < least || values.length > most || new Set(values).size !== values.length) {
    throw new LocalError(400, `${customId}: choose ${least} to ${most}`);
  }
  for (const value of values) {
    if (!isChoice(context, select, value)) throw new LocalError(400, `${customId}: ${value} is no choice`);
  }
}

function isChoice(context: SelectionContext, select: APISelectMenuComponent, value: string): boolean {
  switch (select.type) {
    case ComponentType.StringSelect:
      return select.options.some((option) => option.value === value);
    case ComponentType.UserSelect:
      return resolveMember(context, value) !== undefined;
    case ComponentType.RoleSelect:
      return resolveRole(context, value) !== undefined;
    case ComponentType.MentionableSelect:
      return (resolveMember(context, value) ?? resolveRole(context, value)) !== undefined;
    case ComponentType.ChannelSelect: {
      const { world, guild, resolved } = context;
      const channel = world.channel(value);
      const { channel_types: types = [] } = select;
      if (!channel || channel.guildId !== (guild?.id ?? null)) return false;
      const { type } = channelPayload(world, channel);
      if (types.length > 0 && !types.some((allowed) => allowed === type)) return false;
      resolved.addChannel(channel);
      return true;
    }
  }
}
