import type { Block, Inline } from './node';

/** Looks up what an id is called now; undefined where it is nobody's. */
export interface Names {
  user(id: string): string | undefined;
  channel(id: string): string | undefined;
}

/** How a mention reads: `@alice`, `#general`, or the kind of it where the id is unknown. */
export function mentionText(node: Inline & { type: 'user' | 'channel' | 'role' }, names: Names): string {
  if (node.type === 'user') return `@${names.user(node.id) ?? 'unknown-user'}`;
  if (node.type === 'channel') return `#${names.channel(node.id) ?? 'unknown'}`;
  return '@unknown-role';
}

/** How a point in time reads: `in 3 minutes` or a date with its time, in the reader's language and zone. */
export function timeText(node: Inline & { type: 'time' }, nowMs: number): string {
  if (Number.isNaN(new Date(node.atMs).getTime())) return 'invalid date';
  if (!node.relative)
    return new Date(node.atMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  const seconds = Math.round((node.atMs - nowMs) / 1000);
  const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return relative.format(Math.trunc(seconds / length), unit);
  }
  return relative.format(seconds, 'second');
}

const UNITS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** A message on one line without any marks, for the quoted line above a reply and for screen readers. Spoilers stay hidden. */
export function plainText(blocks: readonly Block[], names: Names, nowMs = Date.now()): string {
  return blocks
    .map((block) => blockText(block, names, nowMs))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function blockText(block: Block, names: Names, nowMs: number): string {
  if (block.type === 'quote') return plainText(block.children, names, nowMs);
  const text = inlineText(block.children, names, nowMs);
  return block.type === 'item' ? `${block.marker} ${text}` : text;
}

function inlineText(nodes: readonly Inline[], names: Names, nowMs: number): string {
  return nodes
    .map((node) => {
      switch (node.type) {
        case 'text':
        case 'code':
          return node.text;
        case 'code-block':
          return ` ${node.text} `;
        case 'spoiler':
          return '▇▇▇';
        case 'user':
        case 'channel':
        case 'role':
          return mentionText(node, names);
        case 'everyone':
          return `@${node.name}`;
        case 'emoji':
          return `:${node.name}:`;
        case 'time':
          return timeText(node, nowMs);
        default:
          return inlineText(node.children, names, nowMs);
      }
    })
    .join('');
}
