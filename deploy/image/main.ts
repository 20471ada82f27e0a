/*
 * What the container image runs: the first argument chooses, the rest is the program's own.
 */
import { type Command, runCommand } from '@popple/cli/terminal/run-command';

const COMMANDS: Record<string, Command> = {
  bot: {
    about: 'the service that connects to Discord',
    load: () => import('@popple/bot/main'),
  },
  svc: { about: 'the service that applies requests: a worker', load: () => import('@popple/svc/main') },
  migrate: {
    about: "brings the database to this version's schema",
    load: () => import('@popple/cli/migrate/main'),
  },
  streams: {
    about: 'makes streams, consumers and buckets on NATS',
    load: () => import('../nats/streams-main'),
  },
  roles: {
    about: "makes migrate's and svc's roles in Postgres",
    load: () => import('../postgres/roles-main'),
    handlesSignals: false,
  },
  credentials: {
    about: 'makes the passwords of compose.yaml',
    load: () => import('../credentials/main'),
    handlesSignals: false,
  },
  replay: {
    about: 'applies stored requests to a restored database',
    load: () => import('@popple/cli/replay/main'),
  },
  dead: {
    about: 'lists, shows, redrives and drops dead letters',
    load: () => import('@popple/cli/dead-letters/main'),
  },
  doctor: {
    about: 'checks what Popple depends on, and says what to do',
    load: () => import('@popple/cli/doctor/main'),
  },
  moderate: {
    about: 'adjusts, blocks, merges and removes in a server, and shows who did',
    load: () => import('@popple/cli/moderate/main'),
  },
  settings: {
    about: 'shows and changes the settings of a server',
    load: () => import('@popple/cli/settings/main'),
  },
  shards: {
    about: 'prints which bot holds which shard',
    load: () => import('@popple/cli/shards/main'),
  },
};

await runCommand({ name: 'popple', commands: COMMANDS, note: 'Each has --help.' });
