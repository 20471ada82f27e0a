import type { Feature } from './command';
import { escapeSubject, totalText } from './subject-text';

/** What moderators ask for. No word of a message calls it. */
export const moderation = {
  actions: {},
  replies: {
    adjusted: ({ total }) => ({ lines: [totalText(total)] }),
    blocked: ({ memberId }) => ({
      lines: [`Nothing that <@${memberId}> gives or receives counts from now on.`],
    }),
    unblocked: ({ memberId }) => ({ lines: [`What <@${memberId}> gives and receives counts again.`] }),
    merged: ({ from, moved, total }) => ({
      lines: [
        moved === undefined
          ? `Nobody has changed ${escapeSubject(from)}. Nothing was done.`
          : `The ${moved} karma of ${escapeSubject(from)} went along. ${totalText(total)}`,
      ],
    }),
    'request-undone': ({ totals, wasUndone }) => {
      if (totals.length > 0) return { lines: ['Undone.', ...totals.map(totalText)] };
      return {
        lines: [
          wasUndone ? 'That is undone already.' : 'No member changed anything by that. Nothing was done.',
        ],
      };
    },
    'all-undone': ({ memberId, requests, hasMore }) => ({
      lines: [
        `${requests} changes of <@${memberId}> are undone.${hasMore ? ' There are more: do it again.' : ''}`,
      ],
    }),
    removed: ({ display, karma }) => ({
      lines: [
        karma === undefined
          ? `Nobody has changed ${escapeSubject(display)}. Nothing was done.`
          : `${escapeSubject(display)} is gone, with ${karma} karma.`,
      ],
    }),
  },
} satisfies Feature;
