import { join, relative } from 'node:path';

const PRELOAD = join(import.meta.dir, 'without-global-limit.ts');

/** The environment of a bot whose discord.js does not wait for Discord's global limit. */
export function withoutGlobalLimit(): Record<string, string> {
  // Bun splits the options at white space, which the way to this checkout may have, and the way within it has not.
  return { BUN_OPTIONS: `--preload ./${relative(process.cwd(), PRELOAD)}` };
}
