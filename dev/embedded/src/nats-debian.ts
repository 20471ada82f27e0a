import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exitWithin, startChild } from './child-process';
import { findProgram, installProgram } from './nats-download';

const aptTimeoutMs = 180_000;

/**
 * Fetches Debian's nats-server package and puts the program at `target`. The package is only unpacked and not
 * installed: installing it would start a nats-server on the machine's default port, at every boot. Raises when this is
 * not a Debian-like machine, when the package cannot be had, or after three minutes.
 */
export async function fetchDebianNats(target: string): Promise<void> {
  await fetchPackage(target, async (work) => {
    const download = () => run('apt-get', [...aptOptions, 'download', 'nats-server'], work);
    try {
      await download();
    } catch (cause) {
      // The lists of packages are old, or missing as in a fresh container; only root may renew them.
      if (process.getuid?.() !== 0) throw cause;
      await run('apt-get', [...aptOptions, 'update'], work);
      await download();
    }
  });
}

/** The Debian release whose nats-server is 2.10, while the one before it has 2.9. */
export const newerDebianSuite = 'trixie';

const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/**
 * Fetches the nats-server package of a newer Debian release from Debian's registry, as fetchDebianNats does, and puts the
 * program at `target`. apt verifies it by Debian's keys, with lists of its own: what the machine is set to install stays
 * as it is, and nobody needs to be root. Raises when this is not Debian, when the package cannot be had or verified, or
 * after some minutes.
 */
export async function fetchNewerDebianNats(target: string): Promise<void> {
  if (!existsSync(debianKeyring)) throw new Error(`this machine has no ${debianKeyring}`);
  await fetchPackage(target, async (work) => {
    const mirror = await debianMirror(work);
    const sources = join(work, 'sources.list');
    writeFileSync(sources, `deb [signed-by=${debianKeyring}] ${mirror} ${newerDebianSuite} main\n`);
    const ownLists = [
      ...['-o', `Dir::Etc::sourcelist=${sources}`, '-o', 'Dir::Etc::sourceparts=-'],
      ...['-o', `Dir::State::lists=${join(work, 'lists')}`, '-o', `Dir::Cache=${join(work, 'cache')}`],
      ...['-o', 'Acquire::Languages=none'],
    ];
    for (const folder of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(join(work, folder), { recursive: true });
    await run('apt-get', [...aptOptions, ...ownLists, 'update'], work);
    await run('apt-get', [...aptOptions, ...ownLists, 'download', 'nats-server'], work);
  });
}

/** Where this machine has its Debian packages from; Debian's own address when that is unknown. */
async function debianMirror(cwd: string): Promise<string> {
  const args = ['indextargets', '--format', '$(SITE)', 'Created-By: Packages'];
  const sites = await run('apt-get', args, cwd).catch(() => []);
  return sites.find((site) => /^https?:.*\/debian\/?$/.test(site)) ?? 'http://deb.debian.org/debian';
}

/** Has `download` put a package into an empty folder, unpacks it and puts its program at `target`. */
async function fetchPackage(target: string, download: (work: string) => Promise<void>): Promise<void> {
  if (process.platform !== 'linux' || !Bun.which('apt-get') || !Bun.which('dpkg-deb')) {
    throw new Error('this machine has no apt-get and dpkg-deb');
  }
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(folder, '.partial-'));
  try {
    await download(work);
    const packageFile = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (packageFile === undefined) throw new Error('apt-get download left no package');
    await run('dpkg-deb', ['-x', packageFile, 'unpacked'], work);
    const binary = findProgram(join(work, 'unpacked'));
    if (binary === undefined) throw new Error(`${packageFile} has no nats-server in it`);
    installProgram(binary, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

const aptOptions = [
  '-qq',
  ...['-o', 'Acquire::http::Timeout=10'],
  ...['-o', 'Acquire::https::Timeout=10'],
  ...['-o', 'Acquire::Retries=1'],
  // apt's own user could not write to our private folder.
  ...['-o', 'APT::Sandbox::User=root'],
];

/** Resolves to the lines that the command printed. */
async function run(command: string, args: string[], cwd: string): Promise<string[]> {
  const output: string[] = [];
  const child = await startChild({
    command,
    args,
    cwd,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    onLine: (line) => output.push(line),
  });
  const exit = await exitWithin(child.exited, aptTimeoutMs);
  if (!exit) {
    child.signal('SIGKILL');
    throw new Error(`${command} did not end within ${aptTimeoutMs / 1000} s`);
  }
  if (exit.code !== 0) throw new Error(output.find((line) => line.startsWith('E:')) ?? `${command} failed`);
  return output;
}
