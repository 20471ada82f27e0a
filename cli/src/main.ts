/*
 * `bun run popple <command>`: every tool for operators under one name. Each reads the rest of the command line by itself.
 */
import { type Command, runCommand } from './terminal/run-command';

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
  moderate: {
    about: 'adjusts, blocks, merges and removes in a server, and shows who did',
    load: () => import('./moderate/main'),
  },
  replay: {
    about: 'applies stored requests to a restored database',
    load: () => import('./replay/main'),
  },
  settings: {
    about: 'shows and changes the settings of a server',
    load: () => import('./settings/main'),
  },
  shards: { about: 'prints which bot holds which shard', load: () => import('./shards/main') },
};

await runCommand({ name: 'bun run popple', commands: COMMANDS, note: 'Each has --help and --json.' });
