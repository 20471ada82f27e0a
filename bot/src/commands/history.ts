import type { HistoryEntry } from '@popple/shared/contract/event';
import type { Subject } from '@popple/shared/contract/subject';
import { readableText } from '../chat/markdown/readable-text';
import { readNames } from '../chat/names/read-names';
import type { NamesProblem } from './change';
import type { Command } from './command';
import { escapeSubject, signed } from './subject-text';

/** Without a subject: that of the member who asks. */
interface CheckHistory {
  kind: 'check-history';
  subject?: Subject;
}

/** As many as a reply has room for when few have a reason. */
const PAGE_SIZE = 15;
/** @see https://discord.com/developers/docs/resources/message#create-message */
const MAX_REPLY_LENGTH = 2_000;

const SNOWFLAKE = /^\d+$/;

/** A change as a line. What it refers to are messages, where the id of the request is that of one. */
function entryText(
  { at, giverId, delta, reason, channelId, requestId, undoneAt }: HistoryEntry,
  guildId: string,
) {
  const who = giverId === undefined ? '' : ` <@${giverId}>`;
  const why = reason === undefined ? '' : `: ${escapeSubject(reason)}`;
  const where =
    channelId !== undefined && SNOWFLAKE.test(requestId)
      ? ` ([message](<https://discord.com/channels/${guildId}/${channelId}/${requestId}>))`
      : '';
  const undone = undoneAt === undefined ? '' : ' (undone)';
  return `<t:${Math.floor(at / 1_000)}:R>${who} ${signed(delta)}${why}${where}${undone}`;
}

/** As many of the lines as fit into one message. */
function fittingOne(lines: readonly string[]): string[] {
  let length = -1;
  return lines.filter((line) => {
    length += line.length + 1;
    return length <= MAX_REPLY_LENGTH;
  });
}

/** `history`, `history alice`: who changed the karma of a subject last, and why. */
export const history = {
  words: ['history'],
  help: (mention) => [
    `${mention} \`history\` or \`history alice\`: who changed your karma last or theirs, and why`,
  ],
  parse(given): CheckHistory | NamesProblem {
    const { references, hasTooLong } = readNames(readableText(given, false), true);
    const [first] = references;
    if (first !== undefined) return { kind: 'check-history', subject: first.subject };
    return hasTooLong ? { kind: 'name-too-long' } : { kind: 'check-history' };
  },
  actions: {
    'check-history': (intent: CheckHistory) => ({ ask: { ...intent, side: 'received', size: PAGE_SIZE } }),
  },
  replies: {
    'history-checked': ({ entries, guildId }) =>
      entries.length === 0
        ? { lines: ['Nobody has changed that yet, as far as I remember.'] }
        : { lines: fittingOne(entries.map((entry) => entryText(entry, guildId))) },
  },
} satisfies Command;
