import { readOptions, wholeNumber } from '@popple/shared/operator/command-line';

/** What the person who typed `bun run dev` asked for. */
export interface DevFlags {
  readonly fresh: boolean;
  readonly help: boolean;
  /** Where the chat page is wanted; the next free port is taken when this one is not. */
  readonly port: number;
}

const defaultPort = 3000;

/** What `bun run dev --help` prints. */
export const helpText = `bun run dev [--fresh] [--port N]

Starts all of Popple on this machine, with nothing to configure: Postgres, NATS with JetStream, svc, bot, and a local
Discord with a chat page, whose address is printed. Ctrl-C stops all of it. An edit of bot/, svc/, shared/ or db/
restarts just the services it concerns.

  --fresh    first deletes the data of earlier runs: scores, streams, chat
  --port N   where the chat page is wanted (default ${defaultPort}); the next free port is taken when it is not free
  --help     prints this

Environment, also read from the file .env:
  DISCORD_TOKEN    connects to the real Discord with this bot token, instead of the local one
  DATABASE_URL     uses this Postgres instead of an embedded one (it is migrated)
  NATS_URL         uses this NATS, with JetStream, instead of an embedded one
  NATS_SERVER_BIN  the nats-server to run; found or fetched when not set
  LOG_LEVEL        how much bot and svc log (default info); with debug or trace, also all that Postgres and NATS log
  NO_COLOR         prints without colours
`;

/** Reads the arguments after the program's name. @throws UsageError naming what is not understood. */
export function parseFlags(args: readonly string[]): DevFlags {
  const { fresh, help, port } = readOptions(args, {
    fresh: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
    port: { type: 'string', default: String(defaultPort) },
  });
  return { fresh, help, port: wholeNumber('port', port, 1, 65_535) };
}
