import { ApplicationCommandOptionType } from 'discord.js';
import { mentionSubject } from '../../chat/subjects/subject';
import { memberOf, namedSubject, PRIVATE, WHAT_NAME, what } from './options';
import { isOn, type Subcommand, say, textOf } from './slash-command';

/** `/karma show`: how much karma a member or a thing has, as by `@Popple karma alice`; one's own where nothing is chosen. */
export const show: Subcommand = {
  name: 'show',
  description: 'How much karma a member or a thing has; yours if you choose nothing',
  options: [
    { type: ApplicationCommandOptionType.User, name: 'member', description: 'Whose karma' },
    what(false),
    PRIVATE,
  ],
  run(use) {
    const member = memberOf(use, 'member');
    const text = textOf(use, WHAT_NAME);
    const named = text === undefined ? undefined : namedSubject(text);
    if (named !== undefined && 'problem' in named) return say(named.problem);
    const chosen = [member, named?.subject].filter((subject) => subject !== undefined);
    const subjects = chosen.length === 0 ? [mentionSubject(use.userId)] : chosen;
    const [first, second] = subjects;
    const distinct = first?.subject === second?.subject ? subjects.slice(0, 1) : subjects;
    return {
      ask: { kind: 'check-karma', subjects: distinct },
      reply: isOn(use, 'private') ? 'private' : 'public',
    };
  },
};
