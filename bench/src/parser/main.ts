/*
 * Measures the parser in a process of its own and writes what it found as JSON. The one argument is how many seconds to
 * spend on each text.
 */
import { WORST } from '@popple/bot/chat/examples/worst';
import { parseMessage } from '@popple/bot/chat/parse-message';
import type { ParserSpeed } from '../results';
import { HARD, KARMA, TYPICAL } from './corpus';

const BOT = { id: '900000000000000001', names: ['Popple'] };
const SHORT = 1_000;
const LONGEST = 4_000;
const REPEATS = 200;
const WORST_REPEATS = 120;
/** A shorter time is mostly the clock's. */
const SHORTEST_US = 20;
const SLICES = 8;

const seconds = Number(process.argv[2]);

/** The most messages a second over a list that any slice of the time saw: what else the machine does only takes away. */
function speedOf(messages: readonly string[]): number {
  let best = 0;
  for (let slice = 0; slice < SLICES; slice += 1) {
    const startedAtMs = performance.now();
    const endMs = startedAtMs + (seconds * 1_000) / SLICES;
    let count = 0;
    for (; performance.now() < endMs; count += messages.length) {
      for (const message of messages) parseMessage(message, BOT);
    }
    best = Math.max(best, (count * 1_000) / (performance.now() - startedAtMs));
  }
  return best;
}

/**
 * The shortest of many times for each message, in microseconds: what else the machine does can only make them longer. In turns,
 * so that a machine that slows down for a while slows down all of them.
 */
function shortestUs(messages: readonly string[], repeats: number): number[] {
  const shortest = messages.map(() => Number.POSITIVE_INFINITY);
  for (let n = 0; n < repeats; n += 1) {
    for (const [index, message] of messages.entries()) {
      const startedAtMs = performance.now();
      parseMessage(message, BOT);
      const tookUs = (performance.now() - startedAtMs) * 1_000;
      shortest[index] = Math.min(shortest[index] ?? tookUs, tookUs);
    }
  }
  return shortest;
}

const result: ParserSpeed[] = [
  { label: 'typical chat', messagesPerSecond: speedOf(TYPICAL) },
  { label: 'only messages that change karma', messagesPerSecond: speedOf(KARMA) },
];
for (const { label, make } of HARD) {
  const longest = make(LONGEST);
  const messagesPerSecond = speedOf([longest]);
  const [longestUs = 0, shortUs = 0] = shortestUs([longest, make(SHORT)], REPEATS);
  result.push({ label, messagesPerSecond, longestUs, growth: longestUs / shortUs });
}
const others = Object.entries(WORST).map(([what, make]) => {
  const texts = [LONGEST, SHORT].map((length) => `${make(length)} a++`);
  const [longestUs = 0, shortUs = 0] = shortestUs(texts, WORST_REPEATS);
  return { what, text: texts[0] ?? '', longestUs, growth: longestUs / Math.max(shortUs, SHORTEST_US) };
});
const [steepest] = others.toSorted((one, other) => other.growth - one.growth);
if (steepest !== undefined) {
  const { what, text, longestUs, growth } = steepest;
  // A stroke would end the cell of the table.
  const label = `the steepest of ${others.length} others: ${JSON.stringify(what).replaceAll('|', '\\|')}`;
  result.push({ label, messagesPerSecond: speedOf([text]), longestUs, growth });
}
process.stdout.write(`${JSON.stringify(result)}\n`);
