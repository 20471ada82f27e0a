/*
 * What the container image runs: the first argument chooses, the rest is the program's own.
 */
import { type Command, runCommand } from '../../cli/src/terminal/run-command';

const COMMANDS: Record<string, Command> = {
  bot: {
    about: 'the service that connects to Discord',
    load: () => import('../../bot/src/main'),
  },
  svc: { about: 'the service that applies requests: a worker', load: () => import('../../svc/src/main') },
  migrate: {
    about: "brings the database to this version's schema",
    load: () => import('../../cli/src/migrate/main'),
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
    load: () => import('../../cli/src/replay/main'),
  },
  dead: {
    about: 'lists, shows, redrives and drops dead letters',
    load: () => import('../../cli/src/dead-letters/main'),
  },
  doctor: {
    about: 'checks what Popple depends on, and says what to do',
    load: () => import('../../cli/src/doctor/main'),
  },
  shards: {
    about: 'prints which bot holds which shard',
    load: () => import('../../cli/src/shards/main'),
  },
};

await runCommand({ name: 'popple', commands: COMMANDS, note: 'Each has --help.' });
