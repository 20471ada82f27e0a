/**
 * What a message may ping: everything when null, as for a message without `allowed_mentions`.
 * @see https://discord.com/developers/docs/resources/message#allowed-mentions-object
 */
export interface AllowedMentions {
  readonly parse?: readonly ('users' | 'roles' | 'everyone')[] | undefined;
  readonly users?: readonly string[] | undefined;
  readonly repliedUser?: boolean | undefined;
}

export interface Pings {
  /** In order of appearance; the author replied to comes last unless the text names them. */
  readonly userIds: readonly string[];
  readonly everyone: boolean;
}

const USER_MENTION = /<@!?(\d{1,20})>/g;
const EVERYONE = /@(?:everyone|here)\b/;
const NOBODY: readonly string[] = [];

/** Who a message pings: the users it names and the author it replies to, as far as `allowed` lets it. */
export function findPings(
  content: string,
  allowed: AllowedMentions | null,
  repliedUserId: string | null,
  isMember: (id: string) => boolean,
): Pings {
  const everyone =
    content.includes('@') &&
    (allowed === null || includes(allowed.parse, 'everyone')) &&
    EVERYONE.test(content);
  const pingsReplied = repliedUserId !== null && (allowed === null || allowed.repliedUser === true);
  if (!pingsReplied && !content.includes('<@')) return { userIds: NOBODY, everyone };

  const mayPing = (id: string) =>
    allowed === null || includes(allowed.parse, 'users') || includes(allowed.users, id);
  const userIds = new Set<string>();
  for (const [, id] of content.matchAll(USER_MENTION)) {
    if (id !== undefined && isMember(id) && mayPing(id)) userIds.add(id);
  }
  if (pingsReplied) userIds.add(repliedUserId);
  return { userIds: [...userIds], everyone };
}

function includes<T>(list: readonly T[] | undefined, entry: T): boolean {
  return list?.includes(entry) ?? false;
}
