import { type Command, type LocalContext, localReply } from './command';

const UNITS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** A length of time in its two largest units, such as `2 hours, 5 minutes`. Under a second is `less than a second`. */
export function inWords(durationMs: number): string {
  let seconds = Math.floor(durationMs / 1_000);
  const counts: string[] = [];
  for (const [size, name] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) counts.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return counts.length === 0 ? 'less than a second' : counts.slice(0, 2).join(', ');
}

/** `uptime`: how long this process has been running. */
export const uptime = {
  words: ['uptime'],
  parse: () => ({ kind: 'uptime' }) as const,
  actions: {
    uptime: (_: { kind: 'uptime' }, { startedAtMs }: LocalContext) =>
      localReply(`I have been up for ${inWords(Date.now() - startedAtMs)}.`),
  },
} satisfies Command;
