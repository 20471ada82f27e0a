import type { Values } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { STREAMS } from '@popple/shared/messaging/topology';
import { streamState } from '../streams/read-stream';
import { connectJetStream } from '../terminal/connect';
import { EXIT, runTool, type ToolRun } from '../terminal/run-tool';
import { type DeadArguments, parseDeadArguments } from './arguments';
import { allLetters, drop, list, sayNone, show } from './commands';
import { redriveLetters } from './redrive-command';

const HELP = `Looks after POPPLE_DEAD, where messages are that could not be read, applied or posted.

Usage: bun run dead list [--reason <reason>]
       bun run dead show <n>...
       bun run dead redrive <n>... [--no-wait]
       bun run dead redrive --all [--reason <reason>] [--no-wait]
       bun run dead drop <n>... [--yes]

  list     shows them as a table; <n> is the number that the other commands take
  show     shows letters with their headers and payloads
  redrive  gives letters back to the streams they came from, under their own ids, so that they cannot count twice;
           for two minutes after the original was published its stream would drop the copy, which is waited for, or,
           with --no-wait, left for later
  drop     deletes letters for good, after asking; --yes where there is no terminal to ask at

  --json   prints the result as one line of JSON instead

Exit codes: 0 done; 1 failed; 2 the command line is wrong; 3 some letters were kept; 130 stopped by Ctrl-C (143 by SIGTERM).`;

const variables = { NATS_URL: VARIABLES.NATS_URL, LEDGER_RETENTION: VARIABLES.LEDGER_RETENTION };

async function main(run: ToolRun, args: DeadArguments, config: Values<typeof variables>): Promise<number> {
  const jetStream = await connectJetStream(run, config.NATS_URL, 'popple-dead');
  await streamState(jetStream.manager, STREAMS.dead);
  const context = { run, jetStream };
  const ledgerRetentionMs = config.LEDGER_RETENTION;
  switch (args.command) {
    case 'list':
      return await list(context, args.reason);
    case 'show':
      return await show(context, args.numbers);
    case 'drop':
      return await drop(context, args.numbers, args.yes);
    case 'redrive':
      return await redriveLetters(context, args.numbers, { ledgerRetentionMs, wait: args.wait });
    case 'redrive-all': {
      const letters = await allLetters(context, args.reason);
      if (letters.length > 0) {
        const numbers = letters.map(({ number }) => number);
        return await redriveLetters(context, numbers, { ledgerRetentionMs, wait: args.wait });
      }
      run.answer([]);
      await sayNone(context, args.reason);
      return EXIT.done;
    }
  }
}

await runTool({ help: HELP, variables, parse: parseDeadArguments, main });
