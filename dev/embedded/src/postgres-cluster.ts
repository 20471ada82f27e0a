import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { type RunAs, startChild } from './child-process';
import type { PostgresBinaries } from './postgres-binaries';
import { canEnter, makePrivateFolder, reachableFolder, unprivilegedUser } from './unprivileged-user';

/** The files that make up one embedded Postgres: its cluster, its password, and the note of who runs it. */
export interface PostgresFolder {
  readonly folder: string;
  readonly cluster: string;
  readonly passwordFile: string;
  readonly recordFile: string;
  /** Who the server runs as; undefined: as ourselves. */
  readonly user: RunAs | undefined;
}

/**
 * Where the data asked for in `wanted` really is: there, unless we are root and the unprivileged user that Postgres
 * must run as cannot enter it (a checkout under /root); then in a folder under /var/lib/popple-dev named after it.
 */
export function postgresFolder(wanted: string): PostgresFolder {
  const asked = resolve(wanted);
  const user = unprivilegedUser(join(asked, 'cluster'));
  const folder = !user || canEnter(user, asked) ? asked : reachableFolder(`postgres data of ${asked}`);
  return {
    folder,
    cluster: join(folder, 'cluster'),
    passwordFile: join(folder, 'password'),
    recordFile: join(folder, 'server.json'),
    user: folder === asked ? user : unprivilegedUser(join(folder, 'cluster')),
  };
}

/**
 * Makes the cluster when there is none yet, complete or not at all, and returns its superuser's password. Raises when
 * an existing cluster is of another major version, or belongs to another user.
 *
 * A password, and not `trust`: on a machine with several users, trust would let each of them become the superuser,
 * who can run programs as whoever runs Postgres. It is random and never shown, so nobody has to choose one.
 */
export async function prepareCluster(
  place: PostgresFolder,
  binaries: PostgresBinaries,
  durable: boolean,
): Promise<string> {
  mkdirSync(place.folder, { recursive: true, mode: 0o755 });
  if (!existsSync(place.cluster)) await initialise(place, binaries, durable);
  checkOwner(place.cluster);
  checkVersion(place.cluster, binaries.postgres);
  return readFileSync(place.passwordFile, 'utf8').trim();
}

async function initialise(
  place: PostgresFolder,
  binaries: PostgresBinaries,
  durable: boolean,
): Promise<void> {
  const partial = `${place.cluster}.partial`;
  rmSync(partial, { recursive: true, force: true });
  makePrivateFolder(partial, place.user);
  writeFileSync(place.passwordFile, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  if (place.user) chownSync(place.passwordFile, place.user.uid, place.user.gid);
  const output: string[] = [];
  const child = await startChild({
    command: binaries.initdb,
    args: [
      `--pgdata=${partial}`,
      '--username=postgres',
      `--pwfile=${place.passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // The same sorting and the same letters on every machine, whatever locales it has installed.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--data-checksums',
      '--no-instructions',
      ...(durable ? [] : ['--no-sync']),
    ],
    cwd: '/',
    onLine: (line) => output.push(line),
    ...(place.user ? { runAs: place.user } : {}),
  });
  const exit = await child.exited;
  if (exit.code !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw new Error(`initdb could not make a database in ${place.folder}:\n${output.slice(-20).join('\n')}`);
  }
  renameSync(partial, place.cluster);
}

function checkOwner(cluster: string): void {
  const { uid } = statSync(cluster);
  const own = process.getuid?.();
  if (own === undefined || own === 0 || own === uid) return;
  throw new Error(
    `${cluster} belongs to another user (uid ${uid}; was it made as root?): ` +
      'run this command as the user who made it, or remove that folder as root',
  );
}

function checkVersion(cluster: string, postgres: string): void {
  const ofData = readFileSync(join(cluster, 'PG_VERSION'), 'utf8').trim();
  const { stdout } = spawnSync(postgres, ['--version'], { encoding: 'utf8' });
  const ofBinary = /\b(\d+)[.\d]*\s*$/.exec(stdout ?? '')?.[1];
  if (ofBinary === ofData) return;
  throw new Error(
    `${cluster} was made by Postgres ${ofData}, but this is Postgres ${ofBinary ?? '(unknown)'}, which cannot read it: ` +
      'start over with "bun run dev --fresh", or check out the version that made it',
  );
}
