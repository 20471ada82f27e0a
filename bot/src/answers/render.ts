import type { Event } from '@popple/shared/contract/event';
import { totalText } from '../commands/subject-text';
import type { Outgoing } from './outgoing';
import { splitBetweenLines } from './split';

function lines(event: Event): string[] {
  switch (event.kind) {
    case 'karma-changed':
    case 'karma-checked':
      return event.totals.map(totalText);
    case 'board-checked':
      if (event.entries.length === 0) return ['Nothing has karma here yet. Write `alice++` to begin.'];
      return event.entries.map((entry, index) => `${index + 1}. ${totalText(entry)}`);
    case 'announce-changed':
      return [];
  }
}

/** Most messages of one reply: more would keep its channel busy for longer than anybody reads. */
const MAX_MESSAGES = 5;

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

/** What to do on Discord about an event; undefined when its server has announcements switched off. */
export function render(event: Event): Outgoing | undefined {
  const target = { guildId: event.guildId, channelId: event.channelId, messageId: event.id };
  if (event.kind === 'announce-changed') return { kind: 'reaction', ...target, emoji: '✅' };
  if (event.kind === 'karma-changed' && !event.announce) return undefined;
  return { kind: 'reply', ...target, contents: fitting(lines(event)) };
}
