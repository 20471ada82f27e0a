/*
 * What the container image runs: the first argument chooses, the rest is the program's own.
 */
import { argv } from 'node:process';

interface Command {
  about: string;
  load: () => Promise<unknown>;
  /** As process 1, nothing ends a program by a signal unless it says so itself. */
  handlesSignals?: boolean;
}

const COMMANDS: Record<string, Command> = {
  bot: {
    about: 'the presence on Discord',
    load: () => import('../../bot/src/main'),
    handlesSignals: true,
  },
  svc: { about: 'a worker', load: () => import('../../svc/src/main'), handlesSignals: true },
  migrate: {
    about: "brings the database to this version's schema",
    load: () => import('../../cli/src/migrate/main'),
    handlesSignals: true,
  },
  streams: {
    about: 'makes streams, consumers and buckets on NATS',
    load: () => import('../nats/streams-main'),
    handlesSignals: true,
  },
  roles: {
    about: "makes migrate's and svc's roles in Postgres",
    load: () => import('../postgres/roles-main'),
  },
  credentials: { about: 'makes the passwords of compose.yaml', load: () => import('../credentials/main') },
  replay: {
    about: 'applies stored requests to a restored database',
    load: () => import('../../cli/src/replay/main'),
    handlesSignals: true,
  },
  dead: {
    about: 'lists, shows, redrives and drops dead letters',
    load: () => import('../../cli/src/dead-letters/main'),
    handlesSignals: true,
  },
  doctor: {
    about: 'checks what Popple depends on, and says what to do',
    load: () => import('../../cli/src/doctor/main'),
    handlesSignals: true,
  },
  shards: {
    about: 'prints which bot holds which shard',
    load: () => import('../../cli/src/shards/main'),
    handlesSignals: true,
  },
};

function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(12)} ${about}\n`);
  return `Usage: popple <command> [arguments]\n\n${rows.join('')}\nEach has --help.\n`;
}

const [, , name = '--help'] = argv;
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command === undefined) {
  const isAsked = ['--help', '-h', 'help'].includes(name);
  if (isAsked) process.stdout.write(usage());
  else process.stderr.write(`There is no command ${name}.\n\n${usage()}`);
  process.exit(isAsked ? 0 : 2);
}
// The program sees its arguments as if it had been started by itself.
argv.splice(2, 1);
if (!command.handlesSignals) {
  // What these programs do may be cut off anywhere.
  process.on('SIGTERM', () => process.exit(143));
  process.on('SIGINT', () => process.exit(130));
}
await command.load();
