import type { Event } from '@popple/shared/contract/event';
import type { ReplyContent } from '../commands/command';
import { replyTo, respondTo } from '../commands/commands';
import type { Outgoing, Response, Target } from './outgoing';

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

/** As many of the lines as fit into so many messages, and how many more there are. */
function fitting(all: readonly string[], maxMessages: number): string[] {
  const contents = splitBetweenLines(all);
  if (contents.length <= maxMessages) return contents;
  const kept = contents.slice(0, maxMessages).flatMap((content) => content.split('\n'));
  for (;;) {
    const shortened = splitBetweenLines([...kept, `… and ${all.length - kept.length} more.`]);
    if (shortened.length <= maxMessages) return shortened;
    kept.pop();
  }
}

/** A reply as it is posted there. */
export function outgoing(target: Target, content: ReplyContent): Outgoing {
  return 'emoji' in content
    ? { kind: 'reaction', ...target, emoji: content.emoji }
    : { kind: 'reply', ...target, contents: fitting(content.lines, MAX_MESSAGES) };
}

/** What to write into the first response to an interaction: as much as fits into one message. */
function response(event: Event, origin: Event['origin'] & { kind: 'interaction' }): Response {
  const { interactionId, applicationId, channelId } = origin;
  const { id: requestId, at: askedAtMs, guildId } = event;
  const target = { requestId, askedAtMs, guildId, channelId, messageId: interactionId };
  const { lines, announcement, components } = respondTo(event);
  const announced = announcement === undefined ? [] : fitting(announcement, 1);
  return {
    kind: 'response',
    ...target,
    interactionId,
    applicationId,
    content: fitting(lines, 1)[0] ?? '',
    components,
    announcement:
      announced.length === 0
        ? undefined
        : { kind: 'reply', ...target, contents: announced, isUnreferenced: true },
  };
}

/**
 * What to do on Discord about an event: below the message that caused it, or as the response to the interaction. Undefined when
 * its server does not want a reply, or neither caused it.
 */
export function render(event: Event): Outgoing | Response | undefined {
  const { id, at, guildId, origin } = event;
  if (origin.kind === 'interaction') return response(event, origin);
  if (origin.kind !== 'message') return undefined;
  const { channelId, messageId } = origin;
  const content = replyTo(event);
  const target = { requestId: id, askedAtMs: at, guildId, channelId, messageId };
  return content === undefined ? undefined : outgoing(target, content);
}
