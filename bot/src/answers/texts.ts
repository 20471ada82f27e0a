import { MAX_BOARD_SIZE, MAX_SUBJECT_LENGTH, MAX_SUBJECTS } from '@popple/shared/contract/limits';
import packageJson from '../../package.json';
import { COMMAND_WORDS } from '../commands/commands';

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** A length of time in its two largest units, such as `2 hours, 5 minutes`. Under a second is `less than a second`. */
export function inWords(durationMs: number): string {
  let seconds = Math.floor(durationMs / 1_000);
  const parts: string[] = [];
  for (const [size, name] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return parts.length === 0 ? 'less than a second' : parts.slice(0, 2).join(', ');
}

/** What members can write, for `help`. `mention` is how the bot is addressed. */
export function helpText(mention: string): string {
  return [
    '**Give and take karma**',
    '`alice++` or `alice--`, `(the build)++` for more than one word, or after a mention: `@alice ++`',
    '',
    '**Ask**',
    `${mention} \`karma alice (the build)\`: how much karma they have`,
    `${mention} \`top\` or \`top 25\`: the most karma in this server`,
    `${mention} \`bot\` or \`bot 25\`: the least karma in this server`,
    `${mention} \`announce off\` or \`announce on\`: whether I answer when karma changes (it counts either way; for who may manage this server)`,
    `${mention} \`uptime\`, \`version\`, \`help\``,
  ].join('\n');
}

/** The answer to `uptime`. */
export function uptimeText(upMs: number): string {
  return `I have been up for ${inWords(upMs)}.`;
}

/** The answer to `version`. */
export function versionText(): string {
  return `Popple ${packageJson.version}`;
}

/** The answer to a board of no sensible size. */
export function badBoardSizeText(end: 'top' | 'bottom'): string {
  const command = end === 'top' ? 'top' : 'bot';
  return `The size of a board is a whole number from 1 to ${MAX_BOARD_SIZE}, such as \`${command} 10\`.`;
}

/** The answer to `announce` with anything but on, off, yes or no. */
export function badAnnounceText(): string {
  return 'Announcements can be `on` or `off` (`yes` or `no` will do), such as `announce off`.';
}

/** The answer to a mention of the bot and nothing else. `mention` is how it is addressed. */
export function mentionedText(mention: string): string {
  return `I keep the score: write \`alice++\` or \`alice--\`. ${mention} \`help\` says what else I understand.`;
}

/** The answer to words to the bot that are no command. `mention` is how it is addressed. */
export function unknownCommandText(mention: string): string {
  const names = COMMAND_WORDS.map((name) => `\`${name}\``);
  const all = `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `I do not know that command. There are ${all}, such as ${mention} \`top\`.`;
}

/** The answer to a direct message that does not ask for help. */
export function directMessageText(): string {
  return 'I keep the score of a server, so write `alice++` there; here I only answer `help`.';
}

/** The answer to a name that is too long. */
export function nameTooLongText(): string {
  return `A name can have ${MAX_SUBJECT_LENGTH} characters at most, and that one has more. Nothing was done.`;
}

/** The answer to `announce` by somebody who may not manage the server. */
export function notAManagerText(): string {
  return 'Only who may manage this server (permission **Manage Server**) can switch announcements.';
}

/** What a server is told, now and then, whose requests are refused. */
export function overShareText(): string {
  return 'This server has used up its share of the space that all servers have, so this was not counted. Try again in some hours.';
}

/** The answer to a message with too many subjects. */
export function tooManySubjectsText(count: number): string {
  return `That is ${count} subjects, and one message can have ${MAX_SUBJECTS} at most. Nothing was done.`;
}
