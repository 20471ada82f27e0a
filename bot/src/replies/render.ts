import type { Event } from '@popple/shared/contract/event';
import type { ReplyContent } from '../commands/command';
import { replyTo } from '../commands/commands';
import type { Outgoing, Target } from './outgoing';

/** Discord's limit on a message, in UTF-16 code units. */
export const MAX_CONTENT_LENGTH = 2_000;

/** Most messages of one reply: more would keep its channel busy for longer than anybody reads. */
const MAX_MESSAGES = 5;

/**
 * Joins lines into as few contents as fit Discord's limit, never breaking a line. A line must itself fit; those
 * written here are a subject (at most 128 characters, twice that escaped) and a number.
 * @see https://discord.com/developers/docs/resources/message#create-message
 */
export function splitBetweenLines(
  lines: readonly string[],
  maxLength: number = MAX_CONTENT_LENGTH,
): string[] {
  const contents: string[] = [];
  let current = '';
  for (const line of lines) {
    const joined = current === '' ? line : `${current}\n${line}`;
    if (joined.length <= maxLength) {
      current = joined;
      continue;
    }
    contents.push(current);
    current = line;
  }
  if (current !== '') contents.push(current);
  return contents;
}

/** As many of the lines as fit into `MAX_MESSAGES`, and how many more there are. */
function fitting(all: readonly string[]): string[] {
  const contents = splitBetweenLines(all);
  if (contents.length <= MAX_MESSAGES) return contents;
  const kept = contents.slice(0, MAX_MESSAGES).flatMap((content) => content.split('\n'));
  for (;;) {
    const shortened = splitBetweenLines([...kept, `… and ${all.length - kept.length} more.`]);
    if (shortened.length <= MAX_MESSAGES) return shortened;
    kept.pop();
  }
}

/** A reply as it is posted there. */
export function outgoing(target: Target, content: ReplyContent): Outgoing {
  return 'emoji' in content
    ? { kind: 'reaction', ...target, emoji: content.emoji }
    : { kind: 'reply', ...target, contents: fitting(content.lines) };
}

/** Where an event is replied to: below the message that caused it. Other causes have no such place. */
function targetOf({ id, at, guildId, origin }: Event): Target | undefined {
  if (origin.kind !== 'message') return undefined;
  const { channelId, messageId } = origin;
  return { requestId: id, askedAtMs: at, guildId, channelId, messageId };
}

/** What to do on Discord about an event; undefined when its server does not want a reply, or no message caused it. */
export function render(event: Event): Outgoing | undefined {
  const target = targetOf(event);
  const content = target === undefined ? undefined : replyTo(event);
  return target === undefined || content === undefined ? undefined : outgoing(target, content);
}
