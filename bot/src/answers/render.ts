import type { Event, Total } from '@popple/shared/contract/event';
import { escapeSubject } from './escape';
import type { Outgoing } from './outgoing';
import { splitBetweenLines } from './split';

function sentence({ display, karma }: Total): string {
  return `${escapeSubject(display)} has ${karma} karma.`;
}

function lines(event: Event): string[] {
  switch (event.kind) {
    case 'karma-changed':
    case 'karma-checked':
      return event.totals.map(sentence);
    case 'board-checked':
      if (event.entries.length === 0) return ['Nothing has karma here yet. Write `alice++` to begin.'];
      return event.entries.map((entry, index) => `${index + 1}. ${sentence(entry)}`);
    case 'announce-changed':
      return [];
  }
}

/** What to do on Discord about an event; undefined when its guild wants to hear nothing of it. */
export function render(event: Event): Outgoing | undefined {
  const target = { channelId: event.channelId, messageId: event.id };
  if (event.kind === 'announce-changed') return { kind: 'reaction', ...target, emoji: '✅' };
  if (event.kind === 'karma-changed' && !event.announce) return undefined;
  return { kind: 'reply', ...target, contents: splitBetweenLines(lines(event)) };
}
