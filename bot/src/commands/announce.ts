import { shown, valueGiven } from './arguments';
import { type Command, localReply } from './command';

interface ChangeAnnounce {
  kind: 'change-announce';
  announce: boolean;
}

/** `given` is what stands where `on` or `off` should, fit to be shown, and empty if nothing does. */
interface BadAnnounce {
  kind: 'bad-announce';
  given: string;
}

const VALUES = new Map([
  ['on', true],
  ['yes', true],
  ['off', false],
  ['no', false],
]);

/** `announce off`: whether a change of karma is replied to. For who may manage the server. */
export const announce = {
  words: ['announce'],
  help: (mention) => [
    `${mention} \`announce off\` or \`announce on\`: whether I answer when karma changes (it counts either way; for who may manage this server)`,
  ],
  parse(given): ChangeAnnounce | BadAnnounce {
    const value = VALUES.get(valueGiven(given));
    return value === undefined
      ? { kind: 'bad-announce', given: shown(given) }
      : { kind: 'change-announce', announce: value };
  },
  actions: {
    'change-announce': (intent: ChangeAnnounce) => ({
      ask: { kind: 'change-setting', key: 'announce', value: intent.announce },
      managersOnly: {
        lines: ['Only who may manage this server (permission **Manage Server**) can switch announcements.'],
      },
    }),
    'bad-announce': (_: BadAnnounce) =>
      localReply('Announcements can be `on` or `off` (`yes` or `no` will do), such as `announce off`.'),
  },
  replies: { 'setting-changed': () => ({ emoji: '✅' }) },
} satisfies Command;
