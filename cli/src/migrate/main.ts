import { migrate } from '@popple/db/migrate';
import { placeOf } from '@popple/db/place';
import { VARIABLES } from '@popple/shared/config/variables';
import { readOptions } from '@popple/shared/operator/command-line';
import { EXIT, runTool, type ToolRun } from '../terminal/run-tool';

const HELP = `Brings Popple's database to the schema of this code. Safe to run at any time, and from several processes at once.
A server that cannot be reached or is starting is waited for, 60 s at most.

Usage: bun run db:migrate [--json]

  --json  prints {"applied":[…]} as one line of JSON instead`;

const variables = { DATABASE_URL: VARIABLES.DATABASE_URL };

/** Within this a server that is there has answered; later, a person wants to know what is waited for. */
const SILENCE_MS = 1_000;

async function main(
  run: ToolRun,
  _args: object,
  { DATABASE_URL }: { DATABASE_URL: string },
): Promise<number> {
  const waiting = setTimeout(
    () => run.say(`waiting for Postgres at ${placeOf(DATABASE_URL)}, for 60 s at most`),
    SILENCE_MS,
  );
  const onProgress = (line: string) => {
    clearTimeout(waiting);
    run.print(`${line}\n`);
  };
  // Each migration is one statement: it may be left at any moment.
  const stopped = new Promise<never>((_, reject) =>
    run.signal.addEventListener('abort', () => reject(run.signal.reason), { once: true }),
  );
  stopped.catch(() => undefined);
  const { applied } = await Promise.race([migrate(DATABASE_URL, { onProgress }), stopped]);
  clearTimeout(waiting);
  if (applied.length === 0) run.print('the database is up to date\n');
  run.answer({ applied });
  return EXIT.done;
}

await runTool({ help: HELP, variables, parse: (args) => readOptions(args, {}), main });
