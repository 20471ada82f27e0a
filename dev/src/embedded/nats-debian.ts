import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
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
  if (process.platform !== 'linux' || !Bun.which('apt-get') || !Bun.which('dpkg-deb')) {
    throw new Error('this machine has no apt-get and dpkg-deb');
  }
  const folder = dirname(target);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const work = mkdtempSync(join(folder, '.partial-'));
  try {
    const fetchPackage = () => run('apt-get', [...aptOptions, 'download', 'nats-server'], work);
    try {
      await fetchPackage();
    } catch (cause) {
      // The lists of packages are old, or missing as in a fresh container; only root may renew them.
      if (process.getuid?.() !== 0) throw cause;
      await run('apt-get', [...aptOptions, 'update'], work);
      await fetchPackage();
    }
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

async function run(command: string, args: string[], cwd: string): Promise<void> {
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
}
