import { readFile } from 'node:fs/promises';

/** Lists and packages are locked by one apt at a time: another test run, or the machine's own upgrade. */
const LOCK_WAIT_S = 600;
const LIST_LOCK_RETRIES = 120;
const LIST_LOCK_PAUSE_MS = 5_000;

/** apt could not install Chromium; the message carries what it printed. */
export class ChromiumInstallError extends Error {
  override readonly name = 'ChromiumInstallError';
}

/**
 * Whether this process may install Debian's Chromium: it is root, on Debian itself (Ubuntu has only a snap), and apt is
 * there.
 */
export async function canInstallChromium(): Promise<boolean> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || Bun.which('apt-get') === null) return false;
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID="?debian"?$/m.test(release);
}

/**
 * Installs Debian's `chromium-headless-shell` with apt, asking nothing. Prints one line through `say`, and apt's own output only in the
 * error. Two runs at once are safe: the later one waits for the earlier and finds the package installed.
 *
 * @throws {ChromiumInstallError} when apt fails
 */
export async function installChromium(say: (line: string) => void): Promise<void> {
  say('Chromium is not installed; installing it with apt (about 100 MB, once) …');
  await apt(['update']);
  await apt(['install', '-y', '--no-install-recommends', 'chromium-headless-shell']);
}

async function apt(args: readonly string[]): Promise<void> {
  const command = ['apt-get', '-q', '-o', `DPkg::Lock::Timeout=${LOCK_WAIT_S}`, ...args];
  for (let attempt = 1; ; attempt += 1) {
    const child = Bun.spawn(command, {
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
    });
    const [printed, complaint, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (exitCode === 0) return;
    // The timeout above covers dpkg's lock, not the one on the package lists.
    const locked = /Could not get lock|Unable to lock/.test(complaint);
    if (!locked || attempt === LIST_LOCK_RETRIES) {
      throw new ChromiumInstallError(
        `"${command.join(' ')}" failed with exit code ${exitCode}; install Chromium by hand, or set CHROMIUM_BIN to its path\n${printed}${complaint}`,
      );
    }
    await Bun.sleep(LIST_LOCK_PAUSE_MS);
  }
}
