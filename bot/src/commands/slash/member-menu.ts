import { ApplicationCommandType } from 'discord.js';
import { mentionSubject } from '../../chat/subjects/subject';
import type { MenuCommand } from './slash-command';

/** *Give karma* in the menu of a member: one, at once. */
export const giveToMember: MenuCommand = {
  definition: { type: ApplicationCommandType.User, name: 'Give karma' },
  run: (_, targetId) => ({
    ask: { kind: 'change-karma', changes: [{ ...mentionSubject(targetId), delta: 1 }] },
    reply: 'private',
  }),
};

/** *Karma of this member* in the menu of a member, for the eyes of whoever asks. */
export const karmaOfMember: MenuCommand = {
  definition: { type: ApplicationCommandType.User, name: 'Karma of this member' },
  run: (_, targetId) => ({
    ask: { kind: 'check-karma', subjects: [mentionSubject(targetId)] },
    reply: 'private',
  }),
};
