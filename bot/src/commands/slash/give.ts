import { ApplicationCommandOptionType } from 'discord.js';
import { AMOUNT, memberOf, REASON, reasonOf } from './options';
import { numberOf, type SlashAction, type Subcommand, say, type Use } from './slash-command';

function changeMember(use: Use, name: string, sign: 1 | -1): SlashAction {
  const member = memberOf(use, name);
  if (member === undefined) return say('Choose a member. Nothing was done.');
  const delta = sign * (numberOf(use, 'amount') ?? 1);
  const changes = [{ ...member, delta, ...reasonOf(use) }];
  return { ask: { kind: 'change-karma', changes }, reply: 'private' };
}

/** `/karma give`: a member gets karma, as by `@alice ++`. */
export const give: Subcommand = {
  name: 'give',
  description: 'Give karma to a member',
  options: [
    {
      type: ApplicationCommandOptionType.User,
      name: 'to',
      description: 'Who gets it',
      required: true,
    },
    REASON,
    AMOUNT,
  ],
  run: (use) => changeMember(use, 'to', 1),
};

/** `/karma take`: a member loses karma, as by `@alice --`. */
export const take: Subcommand = {
  name: 'take',
  description: 'Take karma from a member',
  options: [
    {
      type: ApplicationCommandOptionType.User,
      name: 'from',
      description: 'Who loses it',
      required: true,
    },
    REASON,
    AMOUNT,
  ],
  run: (use) => changeMember(use, 'from', -1),
};
