import packageJson from '../../package.json';
import { type Command, localReply } from './command';

/** `version`: which version of Popple this is. */
export const version = {
  words: ['version'],
  parse: () => ({ kind: 'version' }) as const,
  actions: {
    version: (_: { kind: 'version' }) => localReply(`Popple ${packageJson.version}`),
  },
} satisfies Command;
