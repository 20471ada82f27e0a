import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OperatorError } from '@popple/shared/process/operator-error';
import { credentialFiles, type Places } from './files';
import { newPasswords, type Passwords, passwordsSchema } from './passwords';

/**
 * Readable by any user of a container that has the volume: which volume a container has is what keeps others out, and
 * images disagree on the number of a user.
 */
const FILE_MODE = 0o444;
const PRIVATE_MODE = 0o400;
/** Of folders that are not volumes, as on the machine of somebody who fills a cluster's secrets. */
const FOLDER_MODE = 0o700;

/** Replaces a file whole, so that a crash leaves the old one or the new one. */
function replaceFile(path: string, content: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true, mode: FOLDER_MODE });
  const temporary = `${path}.new`;
  rmSync(temporary, { force: true });
  writeFileSync(temporary, content, { mode: PRIVATE_MODE, flush: true });
  chmodSync(temporary, mode);
  renameSync(temporary, path);
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** Where the passwords come from that every other file is made of. */
function masterFile(root: string): string {
  return join(root, 'master', 'passwords.json');
}

/** @throws OperatorError when the file is there and is not what writePasswords wrote. */
function readPasswords(root: string): Passwords | undefined {
  const path = masterFile(root);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  try {
    return passwordsSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new OperatorError(
      `${path} cannot be read as passwords; restore it, or make new ones with "credentials rotate" after ` +
        'setting the password of the role postgres by hand',
      { cause: error },
    );
  }
}

/**
 * Makes the credentials that are missing under `root`, one folder for each owner, and returns the paths of the files
 * that were written. Run again it changes nothing; after a crash in the middle it completes what is missing. With
 * `rotate` every password is made anew.
 * @throws OperatorError when the existing passwords cannot be read.
 */
export function writeCredentials(root: string, places: Places, options: { rotate?: boolean } = {}): string[] {
  const existing = options.rotate ? readForRotation(root) : readPasswords(root);
  const passwords = existing === undefined || options.rotate ? newPasswords(existing) : existing;
  // First: everything else can be made again from it.
  if (passwords !== existing) replaceFile(masterFile(root), JSON.stringify(passwords), PRIVATE_MODE);
  const written: string[] = [];
  for (const { owner, name, content, isCurrent } of credentialFiles(passwords, places)) {
    const path = join(root, owner, name);
    const before = readIfThere(path);
    if (before !== undefined && (isCurrent ? isCurrent(before) : before === content)) continue;
    replaceFile(path, content, FILE_MODE);
    written.push(path);
  }
  return written;
}

function readForRotation(root: string): Passwords | undefined {
  try {
    return readPasswords(root);
  } catch (error) {
    if (error instanceof OperatorError) return undefined;
    throw error;
  }
}

/** What the bot is to connect to: Discord with this token, or a local Discord. */
export interface DiscordSettings {
  token: string | undefined;
  apiUrl?: string;
}

/**
 * Gives the bot its token and where Discord is. Without a token the bot itself reports what is missing and where to get it.
 */
export function writeDiscordSettings(root: string, { token, apiUrl }: DiscordSettings): void {
  const tokenFile = join(root, 'bot', 'discord_token');
  if (token) replaceFile(tokenFile, token, FILE_MODE);
  else rmSync(tokenFile, { force: true });
  replaceFile(
    join(root, 'bot', 'settings.env'),
    apiUrl === undefined ? '' : `DISCORD_API_URL=${apiUrl}\n`,
    FILE_MODE,
  );
}
