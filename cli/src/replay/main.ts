import { openDatabase } from '@popple/db/client';
import { placeOf } from '@popple/db/place';
import { ping } from '@popple/db/queries/ping';
import type { Values } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { SUBJECTS } from '@popple/shared/messaging/subjects';
import { STREAMS } from '@popple/shared/messaging/topology';
import { OperatorError } from '@popple/shared/process/operator-error';
import { judgeBatch } from '@popple/svc/rules/judge-batch';
import { rulesOf } from '@popple/svc/rules/settings';
import { type Reading, readStream } from '../streams/read-stream';
import { connectJetStream } from '../terminal/connect';
import { Progress } from '../terminal/progress';
import { EXIT, runTool, type ToolRun } from '../terminal/run-tool';
import { parseReplayArguments, type ReplayArguments } from './arguments';
import { replay } from './replay';
import { Tally } from './tally';
import { openTold, readTold } from './told-verdicts';

const HELP = `Applies requests from the stream POPPLE_REQUESTS to Postgres once more, as after a database restored from a backup.
What the ledger knows is left alone, so it is safe to run twice, beside svc, and after being killed. Nothing is said in chat.
Changes and undos that were answered count as their members were told (POPPLE_EVENTS has it); the rules decide the others now.

Usage: bun run replay --since <when> [--until <when>] [--guild <id>] [--dry-run]

  --since <when>  requests published at this time or later
  --until <when>  and before this time; else up to the end of the stream as it is now
  --guild <id>    of this Discord server only
  --dry-run       only says what would be applied
  --json          prints the counts and the first 20 problems as one line of JSON instead

  <when> is a time with its zone (2026-07-01T02:00:00Z, 2026-07-01T04:00+02:00), a date (midnight UTC), or how long ago: 26h, 7d

Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 done, but some requests were refused or unreadable;
130 stopped by Ctrl-C (143 by SIGTERM).

The whole drill, from the backup to the proof: docs/recovery.md`;

const variables = {
  NATS_URL: VARIABLES.NATS_URL,
  DATABASE_URL: VARIABLES.DATABASE_URL,
  LEDGER_RETENTION: VARIABLES.LEDGER_RETENTION,
  RULES_PRESET: VARIABLES.RULES_PRESET,
};

/** Two: one to work with, one that may be dying. */
const MAX_CONNECTIONS = 2;

async function openReadyDatabase(run: ToolRun, url: string) {
  const database = openDatabase({
    url,
    maxConnections: MAX_CONNECTIONS,
    applicationName: 'popple-replay',
  });
  run.defer(() => database.close());
  try {
    await ping(database);
  } catch (error) {
    throw new OperatorError(`Postgres at ${placeOf(url)} cannot be used`, { cause: error });
  }
  return database;
}

function announce(run: ToolRun, args: ReplayArguments, reading: Reading, databaseUrl: string): void {
  const { sinceMs, untilMs, guildId, dryRun } = args;
  const until = untilMs === undefined ? 'the end' : new Date(untilMs).toISOString();
  const guild = guildId === undefined ? '' : ` of guild ${guildId}`;
  run.say(
    `${dryRun ? 'Comparing' : 'Replaying'} ${reading.total} requests${guild} published from ` +
      `${new Date(sinceMs).toISOString()} to ${until} ${dryRun ? 'with' : 'to'} ${placeOf(databaseUrl)}`,
  );
  if (reading.beginsAt !== undefined && reading.beginsAt.getTime() > sinceMs)
    run.say(
      `Note: the stream begins at ${reading.beginsAt.toISOString()}; what was published before is gone from it.`,
    );
}

async function main(run: ToolRun, args: ReplayArguments, config: Values<typeof variables>): Promise<number> {
  const database = await openReadyDatabase(run, config.DATABASE_URL);
  const jetStream = await connectJetStream(run, config.NATS_URL, 'popple-replay');
  const access = { ...jetStream, signal: run.signal, log: run.log };
  const reading = await readStream(access, {
    stream: STREAMS.requests,
    filterSubject: args.guildId === undefined ? SUBJECTS.requests : `popple.request.*.${args.guildId}`,
    sinceMs: args.sinceMs,
    untilMs: args.untilMs,
  });
  // After the end of the requests is known: what is answered from now on is in the ledger first.
  const events = await openTold(access, args);
  announce(run, args, reading, config.DATABASE_URL);
  const told = args.dryRun ? undefined : await readTold(events);
  const progress = new Progress(process.stderr, reading.total);
  run.say = (line) => progress.note(line);
  const tally = new Tally();
  try {
    await replay(
      {
        database,
        judge: judgeBatch({ rulesOf: rulesOf(config.RULES_PRESET), ...(told && { told: told.verdicts }) }),
        told,
        tally,
        signal: run.signal,
        log: run.log,
        ledgerRetentionMs: config.LEDGER_RETENTION,
        dryRun: args.dryRun,
      },
      reading.batches(),
      (done) => progress.update(done),
    );
  } finally {
    progress.end();
    if (run.signal.aborted) run.print('Stopped before the end; run it again to go on. So far:\n');
    run.print(tally.report(args.dryRun));
    run.answer({ dryRun: args.dryRun, stopped: run.signal.aborted, ...tally.summary() });
  }
  return tally.problems > 0 ? EXIT.incomplete : EXIT.done;
}

await runTool({ help: HELP, variables, parse: parseReplayArguments, main });
