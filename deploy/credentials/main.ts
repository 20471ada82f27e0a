import { chownSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describeError } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { writeCredentials, writeDiscordSettings } from './store';

const USAGE = `Makes the passwords that Popple's containers use among themselves, and hands Discord's token to the bot.

Usage: credentials [make]     makes what is missing; reads the token
       credentials rotate     makes every password anew; reads the token
       credentials local      points the bot to the local Discord of the dev profile

Folders: /credentials/<owner>, a volume each; the token is read from /run/secrets/discord_token.
`;

const ROOT = '/credentials';
const TOKEN_FILE = '/run/secrets/discord_token';
/** Folders that are new volumes of other containers, and who those run as. A new volume belongs to root. */
const DATA_FOLDERS = ['/data/nats', '/data/discord'];
const DATA_UID = 1000;
const PLACES = { nats: 'nats:4222', postgres: 'postgres:5432/popple' };
const LOCAL_DISCORD = { token: 'local', apiUrl: 'http://discord:3000/api' };

const write = (line: string) => process.stdout.write(`${line}\n`);

/** @throws OperatorError when there is a token that cannot be used. */
function readToken(): string | undefined {
  if (!existsSync(TOKEN_FILE)) return undefined;
  const token = readFileSync(TOKEN_FILE, 'utf8').trim();
  if (/\s/.test(token))
    throw new OperatorError('deploy/secrets/discord_token holds more than a token: white space is inside');
  return token || undefined;
}

function giveAwayDataFolders(): void {
  for (const folder of DATA_FOLDERS) if (existsSync(folder)) chownSync(folder, DATA_UID, DATA_UID);
}

function run(command: string): void {
  giveAwayDataFolders();
  if (command === 'local') {
    writeDiscordSettings(ROOT, LOCAL_DISCORD);
    write('the bot will talk to the local Discord');
    return;
  }
  for (const path of writeCredentials(ROOT, PLACES, { rotate: command === 'rotate' })) write(`wrote ${path}`);
  const token = readToken();
  writeDiscordSettings(ROOT, { token });
  if (token === undefined) write('there is no token in deploy/secrets/discord_token yet; the bot needs one');
}

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const [command = 'make', ...rest] = positionals;
  if (values.help) process.stdout.write(USAGE);
  else if (rest.length > 0 || !['make', 'rotate', 'local'].includes(command)) throw new OperatorError(USAGE);
  else run(command);
} catch (error) {
  if (!(error instanceof OperatorError) && !(error instanceof TypeError)) throw error;
  process.stderr.write(`${describeError(error)}\n`);
  process.exit(1);
}
