import { channelIdOf } from '@popple/shared/contract/origin';
import type {
  ChangeKarma,
  ChangeSetting,
  CheckBoard,
  CheckHistory,
  CheckKarma,
  Moderation,
  Request,
  Undo,
  UndoDeleted,
} from '@popple/shared/contract/request';
import { type MessageOptions, messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';

export const GUILD = '81384788765712384';

/** A message each millisecond. */
const STEP = 1n << 22n;
let last = 1_000_000_000_000_000_000n;

/** The id of a message written after every one before it in this process. */
export function nextId(): string {
  last += STEP;
  return String(last);
}

function envelope(options: MessageOptions) {
  return messageEnvelope({ id: nextId(), guildId: GUILD, channelId: '200', userId: '300', ...options });
}

/** A change-karma request; `changes` maps the spelling to the change, and the key is the spelling in lower case. */
export function changeKarma(changes: Record<string, number>, options: MessageOptions = {}): ChangeKarma {
  return {
    ...envelope(options),
    kind: 'change-karma',
    changes: Object.entries(changes).map(([display, delta]) => ({
      subject: display.toLowerCase(),
      display,
      delta,
    })),
  };
}

/** A change-setting request of the setting `announce`; null takes the choice back. */
export function changeAnnounce(value: boolean | null, options: MessageOptions = {}): ChangeSetting {
  return { ...envelope(options), kind: 'change-setting', key: 'announce', value };
}

export function checkKarma(displays: readonly string[], options: MessageOptions = {}): CheckKarma {
  return {
    ...envelope(options),
    kind: 'check-karma',
    subjects: displays.map((display) => ({ subject: display.toLowerCase(), display })),
  };
}

export function checkBoard(end: CheckBoard['end'], size: number, options: MessageOptions = {}): CheckBoard {
  return { ...envelope(options), kind: 'check-board', end, size };
}

/** By default what the member who asks received, ten of it. */
export function checkHistory(
  asked: Partial<Pick<CheckHistory, 'side' | 'subject' | 'giverId' | 'size' | 'before' | 'refusals'>>,
  options: MessageOptions = {},
): CheckHistory {
  return { ...envelope(options), kind: 'check-history', side: 'received', size: 10, ...asked };
}

/** The deletion of the message of a request, by default a minute after that was written. */
export function undoDeleted(
  { id, at, guildId, origin }: Pick<Request, 'id' | 'at' | 'guildId' | 'origin'>,
  afterMs = 60_000,
): UndoDeleted {
  const channelId = channelIdOf(origin) ?? '200';
  return {
    v: CONTRACT_VERSION,
    id: `deletion.${id}`,
    at: at + afterMs,
    guildId,
    origin: { kind: 'deletion', channelId, messageId: id },
    kind: 'undo-deleted',
    writtenAt: at,
  };
}

/** An undo by the member who makes the changes, unless the options say another. */
export function undo(options: MessageOptions = {}): Undo {
  return { ...envelope(options), kind: 'undo' };
}
/** The subject that is spelt like that. */
const subjectOf = (display: string) => ({ subject: display.toLowerCase(), display });

/** Moderators' requests, of the member who makes the changes unless the options say another. */
export const moderate = {
  adjust: (display: string, amount: number, options: MessageOptions = {}): Moderation<'adjust'> => ({
    ...envelope(options),
    kind: 'adjust',
    subject: subjectOf(display),
    amount,
    reason: 'counted twice',
  }),
  block: (memberId: string, options: MessageOptions = {}): Moderation<'block'> => ({
    ...envelope(options),
    kind: 'block',
    memberId,
    reason: 'spam',
  }),
  unblock: (memberId: string, options: MessageOptions = {}): Moderation<'unblock'> => ({
    ...envelope(options),
    kind: 'unblock',
    memberId,
  }),
  merge: (from: string, into: string, options: MessageOptions = {}): Moderation<'merge'> => ({
    ...envelope(options),
    kind: 'merge',
    from: subjectOf(from),
    into: subjectOf(into),
  }),
  undoRequest: (undoes: string, options: MessageOptions = {}): Moderation<'undo-request'> => ({
    ...envelope(options),
    kind: 'undo-request',
    undoes,
  }),
  undoAll: (memberId: string, since: number, options: MessageOptions = {}): Moderation<'undo-all'> => ({
    ...envelope(options),
    kind: 'undo-all',
    memberId,
    since,
  }),
  remove: (display: string, options: MessageOptions = {}): Moderation<'remove'> => ({
    ...envelope(options),
    kind: 'remove',
    subject: subjectOf(display),
  }),
};
