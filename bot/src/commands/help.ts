import { type Action, type Command, type LocalContext, localReply } from './command';

/**
 * What a message means that needs help, or may:
 * - `mentioned`: it is a mention of the bot and nothing else.
 * - `unknown-command`: words to the bot that are no command and change no karma: a mistake, or just talk.
 * - `direct-message`: it is one, and does not ask for help.
 */
export type HelpIntent = { kind: 'mentioned' } | { kind: 'unknown-command' } | { kind: 'direct-message' };

const DIRECT_HELP = /^(?:<@!?\d+>\s*)?help\b/i;

/** What a direct message means: there are no karma and no other commands there. */
export function readDirectMessage(content: string): { kind: 'help' } | { kind: 'direct-message' } {
  return { kind: DIRECT_HELP.test(content.trim()) ? 'help' : 'direct-message' };
}

const code = (word: string): string => `\`${word}\``;

/** `help`: what members can write. It is also where a message ends that means nothing else. */
export const help = {
  words: ['help'],
  parse: () => ({ kind: 'help' }) as const,
  actions: {
    help: (_: { kind: 'help' }, { mention, commands }: LocalContext) => {
      const plain = commands.filter((command) => command.help === undefined).flatMap(({ words }) => words);
      return {
        reply: {
          lines: [
            '**Give and take karma**',
            '`alice++` or `alice--`, `(the build)++` for more than one word, or after a mention: `@alice ++`',
            'A message that is deleted within some minutes takes back what it changed; editing one changes nothing.',
            '',
            '**Ask**',
            ...commands.flatMap((command) => command.help?.(mention) ?? []),
            `${mention} ${plain.map(code).join(', ')}`,
          ],
        },
      };
    },
    mentioned: (_: { kind: 'mentioned' }, { mention }: LocalContext) =>
      localReply(
        `I keep the score: write \`alice++\` or \`alice--\`. ${mention} \`help\` says what else I understand.`,
      ),
    'unknown-command': (_: { kind: 'unknown-command' }, { mention, commands }: LocalContext): Action => {
      const words = commands.flatMap((command) => command.words).map(code);
      const all = `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
      const line = `I do not know that command. There are ${all}, such as ${mention} \`top\`.`;
      return { ...localReply(line), sparingly: 'channel' };
    },
    'direct-message': (_: { kind: 'direct-message' }): Action => ({
      reply: {
        lines: ['I keep the score of a server, so write `alice++` there; here I only answer `help`.'],
      },
      sparingly: 'user',
    }),
  },
} satisfies Command;
