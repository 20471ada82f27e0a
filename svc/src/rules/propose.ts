import { channelIdOf } from '@popple/shared/contract/origin';
import type { ChangeKarma } from '@popple/shared/contract/request';
import type { Proposal } from './proposal';

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
