import type { ChatCommand } from '../../../src/interaction-contract';
import { button, h } from '../element';
import { popover } from '../popover';
import type { Ui } from '../ui';

/** Whom or what a command of a menu is used on. */
export interface AppTarget {
  readonly kind: 'member' | 'message';
  readonly id: string;
}

/** Lists the commands for a message or a member beside an element, and uses the one that is chosen. */
export async function openAppMenu(anchor: HTMLElement, target: AppTarget, ui: Ui): Promise<void> {
  const commands = await commandsFor(target, ui);
  // The element may have gone meanwhile.
  if (!anchor.isConnected) return;
  const items = commands.map((command) =>
    button(
      { class: 'menu-item', role: 'menuitem' },
      () => {
        menu.close();
        void useOn(command, target, ui);
      },
      h('span', { class: 'menu-text' }, command.label),
    ),
  );
  const nothing = h(
    'p',
    { class: 'menu-item', role: 'menuitem', 'aria-disabled': 'true' },
    'No commands here',
  );
  const menu = popover(anchor, { class: 'menu', role: 'menu', 'aria-label': 'Apps' }, [
    ...(items.length > 0 ? items : [nothing]),
  ]);
}

/** Buttons for the commands of a target, for where there is room for them. `chosen` is called before one is used. */
export async function appButtons(target: AppTarget, ui: Ui, chosen: () => void): Promise<HTMLElement[]> {
  const commands = await commandsFor(target, ui);
  return commands.map((command) =>
    button(
      { class: 'button' },
      () => {
        chosen();
        void useOn(command, target, ui);
      },
      command.label,
    ),
  );
}

async function commandsFor({ kind }: AppTarget, ui: Ui): Promise<ChatCommand[]> {
  // Should they not be known, the page says by itself that the local Discord is away.
  const commands = await ui.actions.commands().catch(() => []);
  return commands.filter((command) => command.kind === kind);
}

async function useOn({ id: commandId }: ChatCommand, { id: targetId }: AppTarget, ui: Ui): Promise<void> {
  const outcome = await ui.actions.useOn(commandId, targetId);
  if (outcome !== undefined) ui.showOutcome(outcome);
}
