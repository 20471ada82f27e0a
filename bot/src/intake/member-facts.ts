import { snowflakeSchema } from '@popple/shared/contract/ids';
import { MAX_ROLES } from '@popple/shared/contract/limits';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { mentionSubject } from '../chat/subjects/subject';
import type { Asked } from '../commands/command';
import type { ChatMessage } from './chat-message';

/** Where the facts are: in a message, or in what a bot makes of an interaction. */
type Facts = Pick<ChatMessage, 'member' | 'mentions'>;

type Asking = Extract<Asked, { kind: 'change-karma' }>;
export type Giver = NonNullable<ChangeKarma['giver']>;
export type Receiver = NonNullable<ChangeKarma['changes'][number]['receiver']>;

/** What svc would refuse is left out: it knows then as little as of a message from REST. */
export function rolesOf(roles: readonly string[] | null | undefined): { roles?: string[] } {
  if (!roles) return {};
  return { roles: roles.filter((role) => snowflakeSchema.safeParse(role).success).slice(0, MAX_ROLES) };
}

/** What a request says of who gives, of what Discord has of them in the server. */
export function giverOf(member: ChatMessage['member']): Giver {
  const joinedAt = Date.parse(member?.joined_at ?? '');
  return { ...rolesOf(member?.roles), ...(joinedAt >= 0 ? { joinedAt } : {}) };
}

function receiversOf({ mentions }: Facts): Map<string, Receiver> {
  return new Map(
    (mentions ?? []).map(({ id, bot, member }) => [
      mentionSubject(id).subject,
      { ...(bot ? { isBot: true } : {}), ...rolesOf(member?.roles) },
    ]),
  );
}

/** A change of karma, with what the message has of its author and of the members it mentions: the rules of servers ask for it. */
export function withMemberFacts(asked: Asking, message: Facts): Asking {
  const giver = giverOf(message.member);
  const receivers = receiversOf(message);
  const changes = asked.changes.map((change) => {
    const receiver = receivers.get(change.subject);
    return receiver === undefined || Object.keys(receiver).length === 0 ? change : { ...change, receiver };
  });
  return { ...asked, changes, ...(Object.keys(giver).length === 0 ? {} : { giver }) };
}
