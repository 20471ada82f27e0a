import type { ChatCommand, ChatOption, OptionInput } from '../../src/interaction-contract';

const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;
const MAX_SUGGESTIONS = 10;

/** A command as one chooses it: `/karma give` is one, and `/karma take` another. */
export interface SlashEntry {
  readonly commandId: string;
  /** The subcommands, as they are sent. */
  readonly path: readonly string[];
  /** With the slash, in the member's language. */
  readonly label: string;
  readonly description: string;
  /** What it asks for. */
  readonly options: readonly ChatOption[];
}

/** Every command and subcommand that a slash can begin, in the order of their names. */
export function slashEntries(commands: readonly ChatCommand[]): SlashEntry[] {
  return commands
    .filter(({ kind }) => kind === 'slash')
    .flatMap(({ id, label, description, options }) =>
      entriesOf({ commandId: id, path: [], label: `/${label}`, description, options }),
    )
    .toSorted((a, b) => a.label.localeCompare(b.label));
}

function entriesOf(entry: SlashEntry): SlashEntry[] {
  const subcommands = entry.options.filter(({ type }) => type === SUBCOMMAND || type === SUBCOMMAND_GROUP);
  if (subcommands.length === 0) return [entry];
  return subcommands.flatMap(({ name, label, description, options }) =>
    entriesOf({
      commandId: entry.commandId,
      path: [...entry.path, name],
      label: `${entry.label} ${label}`,
      description,
      options,
    }),
  );
}

/** What is looked for by a message that begins with a slash; undefined where it is a message like any other. */
export function slashQuery(content: string): string | undefined {
  return /^\/([^\n]{0,100})$/.exec(content)?.[1];
}

/** The commands that fit: those whose name begins so, then those with such words anywhere in name or description. */
export function suggestCommands(entries: readonly SlashEntry[], query: string): SlashEntry[] {
  const wanted = query.toLowerCase().trimEnd();
  const begins = entries.filter(({ label }) => label.slice(1).toLowerCase().startsWith(wanted));
  const words = wanted.split(/\s+/).filter((word) => word !== '');
  const contains = entries.filter((entry) => {
    const known = `${entry.label} ${entry.description}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
    const isMeant = (word: string) => known.some((other) => other.startsWith(word));
    return !begins.includes(entry) && words.length > 0 && words.every(isMeant);
  });
  return [...begins, ...contains].slice(0, MAX_SUGGESTIONS);
}

/** What was filled in, below the subcommands that lead to it. */
export function optionInputs({ path }: SlashEntry, values: readonly OptionInput[]): OptionInput[] {
  return path.reduceRight<OptionInput[]>((options, name) => [{ name, options }], [...values]);
}
