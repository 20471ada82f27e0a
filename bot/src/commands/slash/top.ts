import { ApplicationCommandOptionType } from 'discord.js';
import { askForPage, PAGE_BUTTON_PREFIX, pageOf } from '../board-pages';
import { PRIVATE } from './options';
import { type Buttons, isOn, type Subcommand, textOf } from './slash-command';

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
    return { ask: askForPage(end, 1), reply: isOn(use, 'private') ? 'private' : 'public' };
  },
};

/** The buttons below a board. Anybody turns its pages, for all who see it. */
export const boardButtons: Buttons = {
  prefix: PAGE_BUTTON_PREFIX,
  press(rest) {
    const page = pageOf(rest);
    return page === undefined ? undefined : { ask: askForPage(page.end, page.number), reply: 'in-place' };
  },
};
