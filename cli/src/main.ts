/*
 * `bun run popple <command>`: every tool for operators under one name. Each reads the rest of the command line by itself.
 */
import { argv } from 'node:process';

interface Command {
  readonly about: string;
  readonly load: () => Promise<unknown>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  doctor: {
    about: 'checks what Popple depends on, and says what to do',
    load: () => import('./doctor/main'),
  },
  dead: {
    about: 'lists, shows, redrives and drops dead letters',
    load: () => import('./dead-letters/main'),
  },
  migrate: {
    about: "brings the database to this code's schema",
    load: () => import('./migrate/main'),
  },
  replay: {
    about: 'applies stored requests to a restored database',
    load: () => import('./replay/main'),
  },
  shards: { about: 'prints which bot holds which shard', load: () => import('./shards/main') },
};

function usage(): string {
  const rows = Object.entries(COMMANDS).map(([name, { about }]) => `  ${name.padEnd(8)} ${about}\n`);
  return `Usage: bun run popple <command> [arguments]\n\n${rows.join('')}\nEach has --help and --json.\n`;
}

const [, , name = '--help'] = argv;
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (command === undefined) {
  const isAsked = ['--help', '-h', 'help'].includes(name);
  if (isAsked) process.stdout.write(usage());
  else process.stderr.write(`There is no command ${name}.\n\n${usage()}`);
  process.exit(isAsked ? 0 : 2);
}
// The tool sees its arguments as if it had been started by itself.
argv.splice(2, 1);
await command.load();
