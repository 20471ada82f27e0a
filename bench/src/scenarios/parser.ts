import { join } from 'node:path';
import type { Bench } from '../bench';
import { runChild } from '../measure/child';
import type { ParserSpeed } from '../results';

const PARSER_MAIN = join(import.meta.dir, '../parser/main.ts');

/** How fast chat is read, and what the hardest texts cost. */
export async function parser({ sizes, begin, results }: Bench): Promise<void> {
  await begin('the chat parser');
  results.parser = await runChild<ParserSpeed[]>(PARSER_MAIN, sizes.parserSeconds);
}
