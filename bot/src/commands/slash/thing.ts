import { ApplicationCommandOptionType } from 'discord.js';
import { MAX_AMOUNT, namedSubject, REASON, reasonOf, WHAT_NAME, what } from './options';
import { numberOf, type Subcommand, say, textOf } from './slash-command';

/** `/karma thing`: anything gets or loses karma, as by `(the build)++`. */
export const thing: Subcommand = {
  name: 'thing',
  description: 'Give karma to anything, or take it',
  options: [
    what(true),
    {
      type: ApplicationCommandOptionType.Integer,
      name: 'change',
      description: 'How much: 1 gives one, -1 takes one',
      required: true,
      min_value: -MAX_AMOUNT,
      max_value: MAX_AMOUNT,
    },
    REASON,
  ],
  run(use) {
    const named = namedSubject(textOf(use, WHAT_NAME) ?? '');
    if ('problem' in named) return say(named.problem);
    const delta = numberOf(use, 'change') ?? 0;
    if (delta === 0) return say('A change of 0 is none. Nothing was done.');
    const changes = [{ ...named.subject, delta, ...reasonOf(use) }];
    return { ask: { kind: 'change-karma', changes }, reply: 'private' };
  },
};
