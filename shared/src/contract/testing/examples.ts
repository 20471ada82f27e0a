import type { Event, EventKind } from '../event';
import type { Origin } from '../origin';
import type { Request, RequestKind } from '../request';
import { CONTRACT_VERSION } from '../version';

const channelId = '200000000000000007';
const userId = '300000000000000008';
const messageId = '1490000000000000001';

/** One of each kind of origin; a kind that is missing does not compile. */
export const exampleOrigins: { readonly [K in Origin['kind']]: Extract<Origin, { kind: K }> } = {
  message: { kind: 'message', channelId, messageId, userId },
  interaction: {
    kind: 'interaction',
    interactionId: '1490000000000000002',
    applicationId: '400000000000000009',
    channelId,
    userId,
  },
  reaction: { kind: 'reaction', channelId, messageId, userId, emoji: '👍🏽' },
  deletion: { kind: 'deletion', channelId, messageId },
  operator: { kind: 'operator', who: 'ops@host' },
};

const envelope = {
  v: CONTRACT_VERSION,
  id: messageId,
  at: 1_775_314_187_011,
  guildId: '81384788765712384',
  origin: exampleOrigins.message,
} as const;

const before = { day: 1_775_260_800_000, at: 1_775_314_187_011, requestId: messageId, place: 2 };

/** One of each kind of request, of a message; a kind that is missing does not compile. */
export const exampleRequests: { readonly [K in RequestKind]: Extract<Request, { kind: K }> } = {
  'change-karma': {
    ...envelope,
    kind: 'change-karma',
    giver: { roles: ['500000000000000010'], joinedAt: 1_700_000_000_000 },
    channelParents: ['200000000000000006'],
    changes: [
      { subject: 'alice', display: 'Alice', delta: 1, reason: 'the cake' },
      { subject: 'the build', display: 'the build', delta: -2 },
      {
        subject: '<@300000000000000009>',
        display: '<@300000000000000009>',
        delta: 1,
        receiver: { isBot: true, roles: ['500000000000000011'] },
      },
    ],
  },
  'check-karma': { ...envelope, kind: 'check-karma', subjects: [{ subject: '🍕', display: '🍕' }] },
  'check-board': { ...envelope, kind: 'check-board', end: 'top', size: 10 },
  'change-setting': { ...envelope, kind: 'change-setting', key: 'announce', value: false },
  'check-history': {
    ...envelope,
    kind: 'check-history',
    side: 'received',
    subject: { subject: 'alice', display: 'Alice' },
    size: 10,
    before,
    refusals: true,
  },
  undo: { ...envelope, kind: 'undo' },
  'undo-deleted': { ...envelope, kind: 'undo-deleted', writtenAt: 1_775_314_187_011 },
  adjust: {
    ...envelope,
    kind: 'adjust',
    subject: { subject: 'alice', display: 'Alice' },
    amount: -1_000_000_000,
    reason: 'counted twice',
  },
  block: { ...envelope, kind: 'block', memberId: '300000000000000009', reason: 'spam' },
  unblock: { ...envelope, kind: 'unblock', memberId: '300000000000000009' },
  merge: {
    ...envelope,
    kind: 'merge',
    from: { subject: 'alcie', display: 'Alcie' },
    into: { subject: '<@300000000000000009>', display: '<@300000000000000009>' },
    reason: 'a typing error',
  },
  'undo-request': { ...envelope, kind: 'undo-request', undoes: 'reaction.1.2.3.added', reason: 'rude' },
  'undo-all': { ...envelope, kind: 'undo-all', memberId: '300000000000000009', since: 1_775_314_000_000 },
  remove: {
    ...envelope,
    kind: 'remove',
    subject: { subject: 'alice', display: 'Alice' },
    reason: 'an insult',
  },
};

const total = { display: 'Alice', karma: '9223372036854775807' };
const totals = [total];

/** One of each kind of event, of a message; a kind that is missing does not compile. */
export const exampleEvents: { readonly [K in EventKind]: Extract<Event, { kind: K }> } = {
  'karma-changed': {
    ...envelope,
    kind: 'karma-changed',
    announce: true,
    totals,
    verdicts: [{ delta: 5, asked: 9 }, { refused: 'self' }],
  },
  'karma-refused': {
    ...envelope,
    kind: 'karma-refused',
    announce: true,
    verdicts: [{ refused: 'cooldown', until: 1_775_314_247_011, earlier: '1490000000000000000' }],
  },
  'karma-checked': { ...envelope, kind: 'karma-checked', totals },
  'board-checked': { ...envelope, kind: 'board-checked', end: 'bottom', entries: totals },
  'setting-changed': { ...envelope, kind: 'setting-changed', key: 'announce', value: false },
  'history-checked': {
    ...envelope,
    kind: 'history-checked',
    side: 'received',
    entries: [
      {
        ...before,
        display: 'Alice',
        giverId: userId,
        delta: -2,
        reason: 'the cake',
        channelId,
        undoneAt: 1_775_314_189_011,
      },
    ],
    hasMore: true,
    refusals: [
      {
        at: 1_775_314_187_011,
        requestId: messageId,
        display: 'Bob',
        delta: 1,
        channelId,
        verdict: { refused: 'self' },
      },
    ],
  },
  undone: { ...envelope, kind: 'undone', totals, undoes: '1490000000000000000' },
  adjusted: { ...envelope, kind: 'adjusted', amount: 5, total },
  blocked: { ...envelope, kind: 'blocked', memberId: userId },
  unblocked: { ...envelope, kind: 'unblocked', memberId: userId },
  merged: { ...envelope, kind: 'merged', from: 'Alcie', moved: '-3', total },
  'request-undone': {
    ...envelope,
    kind: 'request-undone',
    undoes: '1490000000000000000',
    totals,
    wasUndone: false,
  },
  'all-undone': { ...envelope, kind: 'all-undone', memberId: userId, requests: 120, hasMore: true },
  removed: { ...envelope, kind: 'removed', display: 'Alice', karma: '12' },
};

/** Each kind of request of a message, and one of each other origin. */
export function allRequests(): Request[] {
  const { 'change-setting': one } = exampleRequests;
  return [
    ...Object.values(exampleRequests),
    ...Object.values(exampleOrigins).map((origin) => ({ ...one, id: `${origin.kind}.1`, origin })),
  ];
}

/** Each kind of event of a message, and one of each other origin. */
export function allEvents(): Event[] {
  const { 'setting-changed': one } = exampleEvents;
  return [
    ...Object.values(exampleEvents),
    ...Object.values(exampleOrigins).map((origin) => ({ ...one, id: `${origin.kind}.1`, origin })),
  ];
}
