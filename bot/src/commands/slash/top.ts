import { DEFAULT_BOARD_SIZE } from '@popple/shared/contract/limits';
import { ApplicationCommandOptionType } from 'discord.js';
import { PRIVATE } from './options';
import { isOn, type Subcommand, textOf } from './slash-command';

/** `/karma top`: the board, as by `@Popple top` and `@Popple bot`. */
export const top: Subcommand = {
  name: 'top',
  description: 'Who and what has the most karma in this server, or the least',
  options: [
    {
      type: ApplicationCommandOptionType.String,
      name: 'end',
      description: 'The most karma unless you say so',
      choices: [
        { name: 'the most karma', value: 'top' },
        { name: 'the least karma', value: 'bottom' },
      ],
    },
    PRIVATE,
  ],
  run(use) {
    const end = textOf(use, 'end') === 'bottom' ? 'bottom' : 'top';
    return {
      ask: { kind: 'check-board', end, size: DEFAULT_BOARD_SIZE },
      isPrivate: isOn(use, 'private'),
    };
  },
};
