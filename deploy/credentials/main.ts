import { chownSync, existsSync, readFileSync } from 'node:fs';
import { describeError } from '@popple/shared/observability/log';
import { readCommandLine, UsageError } from '@popple/shared/operator/command-line';
import { OperatorError } from '@popple/shared/process/operator-error';
import { writeCredentials, writeDiscordSettings } from './store';

const COMMANDS = ['make', 'rotate', 'local'] as const;
type Command = (typeof COMMANDS)[number];

const ROOT = '/credentials';
const TOKEN_FILE = '/run/secrets/discord_token';
const COMPOSE_NATS = 'nats:4222';
const COMPOSE_POSTGRES = 'postgres:5432/popple';
/** Folders that are new volumes of other containers, and who those run as. A new volume belongs to root. */
const DATA_FOLDERS = ['/data/nats', '/data/discord'];
const DATA_UID = 1000;
const LOCAL_DISCORD = { token: 'local', apiUrl: 'http://discord:3000/api' };

const USAGE = `Makes the passwords that Popple's containers use among themselves, and hands Discord's token to the bot.

Usage: credentials [make] [options]   makes what is missing; hands the token over
       credentials rotate [options]   makes every password anew; hands the token over
       credentials local              points the bot to the local Discord of the dev profile

  --nats <host:port>                  where NATS is (default: ${COMPOSE_NATS})
  --postgres <host:port/database>     where Postgres is, with parameters if it needs any, such as
                                      db.example:5432/popple?sslmode=require (default: ${COMPOSE_POSTGRES})

Everything is written under ${ROOT}, in a folder for each who uses it. The token is read from ${TOKEN_FILE}.
`;

const write = (line: string) => process.stdout.write(`${line}\n`);

interface Invocation {
  command: Command;
  places: { nats: string; postgres: string };
}

function isCommand(text: string): text is Command {
  return (COMMANDS as readonly string[]).includes(text);
}

/** Undefined when only the usage was asked for. @throws UsageError naming what is not understood. */
function readArguments(): Invocation | undefined {
  const { positionals, values } = readCommandLine(process.argv.slice(2), {
    nats: { type: 'string', default: COMPOSE_NATS },
    postgres: { type: 'string', default: COMPOSE_POSTGRES },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (values.help) return undefined;
  const [command = 'make', ...rest] = positionals;
  if (rest.length > 0 || !isCommand(command))
    throw new UsageError(`"${positionals.join(' ')}" is not understood`);
  if (!URL.canParse(`nats://${values.nats}`) || !/^[^/\s@]+\/\w/.test(values.postgres)) {
    throw new UsageError('expected --nats host:port and --postgres host:port/database');
  }
  return { command, places: { nats: values.nats, postgres: values.postgres } };
}

/** @throws OperatorError when there is a token that cannot be used. */
function readToken(): string | undefined {
  if (!existsSync(TOKEN_FILE)) return undefined;
  const token = readFileSync(TOKEN_FILE, 'utf8').trim();
  if (/\s/.test(token)) {
    throw new OperatorError('deploy/secrets/discord_token holds more than a token: white space is inside');
  }
  return token || undefined;
}

function run({ command, places }: Invocation): void {
  for (const folder of DATA_FOLDERS) if (existsSync(folder)) chownSync(folder, DATA_UID, DATA_UID);
  if (command === 'local') {
    writeDiscordSettings(ROOT, LOCAL_DISCORD);
    write('the bot will talk to the local Discord');
    return;
  }
  for (const path of writeCredentials(ROOT, places, { rotate: command === 'rotate' })) write(`wrote ${path}`);
  const token = readToken();
  writeDiscordSettings(ROOT, { token });
  if (token === undefined) write('there is no token in deploy/secrets/discord_token yet; the bot needs one');
}

try {
  const invocation = readArguments();
  if (invocation === undefined) process.stdout.write(USAGE);
  else run(invocation);
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
}
