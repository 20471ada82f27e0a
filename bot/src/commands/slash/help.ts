import { type Subcommand, say } from './slash-command';

/** `/karma help`: what members can do, with commands, menus and in chat. */
export const help: Subcommand = {
  name: 'help',
  description: 'What I can do, and how',
  run: () =>
    say(
      '**Give and take karma**',
      '`/karma give` and `/karma take` for a member, `/karma thing` for anything else. Everybody sees what counts; only you see what does not, and why.',
      'Or open the menu of a member or a message (right click, or a long press), **Apps**, **Give karma**.',
      'Or write `alice++` or `alice--`, `(the build)++` for more than one word, or after a mention: `@alice ++`',
      '',
      '**Ask**',
      '`/karma show`: how much a member or a thing has',
      '`/karma top`: who and what has the most, or the least',
      '',
      '**Take back**',
      '`/karma undo`: what you changed last, within some minutes',
    ),
};
