/**
 * Makes `table.ts` from the `gemoji` package, the names that GitHub uses and Discord mostly shares:
 * `bun dev/discord/tools/make-emoji-table.ts`. The page gets this one string instead of the package, ten times as large.
 */
import { nameToEmoji } from 'gemoji';

/** The text of the table: `name emoji`, separated by commas. */
export function emojiTable(): string {
  return Object.entries(nameToEmoji)
    .map(([name, emoji]) => `${name} ${emoji}`)
    .join(',');
}

if (import.meta.main) {
  const text = `// Made by make-emoji-table.ts.\nexport const EMOJI_TABLE =\n  '${emojiTable()}';\n`;
  await Bun.write(`${import.meta.dir}/../page/emoji/table.ts`, text);
}
