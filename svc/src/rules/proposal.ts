import { channelIdOf } from '@popple/shared/contract/origin';
import type { ChangeKarma } from '@popple/shared/contract/request';

/** One change of a request, with all that the rules may know of it. Unknown facts are left out. */
export interface Proposal {
  /** When the member asked for it, in milliseconds since the Unix epoch. */
  readonly at: number;
  /** The channel, and above it the thread's parent and the category, as far as they are known. */
  readonly channels: readonly string[];
  readonly giver: {
    readonly id: string;
    readonly roles?: readonly string[] | undefined;
    /** When the giver joined the server, in milliseconds since the Unix epoch. */
    readonly joinedAt?: number | undefined;
  };
  readonly subject: string;
  /** The member that the subject is; none for a thing. */
  readonly receiver?:
    | {
        readonly id: string;
        readonly isBot?: boolean | undefined;
        readonly roles?: readonly string[] | undefined;
      }
    | undefined;
  /** As it was asked for, and not 0. */
  readonly delta: number;
  readonly hasReason: boolean;
}

/** What was counted before a proposal, in the server of the proposal. */
export interface Usage {
  /** The newest change of this giver to this subject that counted. */
  readonly last?: { readonly at: number; readonly id: string } | undefined;
  /** Changes of the giver on the day of the proposal. */
  readonly given: number;
  /** Changes of the subject on that day. */
  readonly received: number;
  /** Changes in the server in the minute of the proposal. */
  readonly inMinute: number;
}

const MENTION = /^<@(\d{1,19})>$/;

/** The id of the member that a subject is; undefined for a thing. */
function memberOf(subject: string): string | undefined {
  return subject.startsWith('<@') ? MENTION.exec(subject)?.[1] : undefined;
}

/** What a request of a member proposes, change by change, in its order. */
export function propose(request: ChangeKarma, giverId: string): Proposal[] {
  const { at, origin, channelParents = [], giver, changes } = request;
  const channelId = channelIdOf(origin);
  const base = {
    at,
    channels: channelId === undefined ? channelParents : [channelId, ...channelParents],
    giver: { roles: giver?.roles, joinedAt: giver?.joinedAt, id: giverId },
  };
  return changes.map(({ subject, delta, receiver, reason }) => {
    const memberId = memberOf(subject);
    return {
      ...base,
      subject,
      delta,
      hasReason: reason !== undefined,
      receiver:
        memberId === undefined ? undefined : { isBot: receiver?.isBot, roles: receiver?.roles, id: memberId },
    };
  });
}
