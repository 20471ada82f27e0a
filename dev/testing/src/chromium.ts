import { type Browser, chromium } from 'playwright-core';
import { findChromium } from './chromium-find';
import { ChromiumInstallError, canInstallChromium, installChromium } from './chromium-install';

/** None of it asks the network for anything, and all of it works as root in a container without a GPU. */
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
] as const;

const LAUNCH_TIMEOUT_MS = 60_000;
const CLOSE_TIMEOUT_MS = 15_000;

/** There is no browser and none could be installed. The message has the way to get one. */
export class ChromiumMissingError extends Error {
  override readonly name = 'ChromiumMissingError';
}

const HOW_TO_GET_ONE =
  'no Chromium or Chrome was found, and none can be installed from here (that takes root on Debian with apt): ' +
  'install one, or set CHROMIUM_BIN to its path';

/**
 * The path of a browser for tests: one that is there (see `findChromium`), else Debian's, installed now when this
 * process is root on Debian. `say` gets the one line that an installation prints.
 *
 * @throws {ChromiumMissingError} when there is none and none can be installed
 * @throws {ChromiumVariableError} when `CHROMIUM_BIN` or `CHROME_BIN` names no program
 * @throws {ChromiumInstallError} when apt fails
 */
async function ensureChromium(say: (line: string) => void = sayOnStderr): Promise<string> {
  const found = await findChromium();
  if (found !== undefined) return found;
  if (await canInstallChromium()) {
    await installChromium(say);
    const installed = await findChromium();
    if (installed !== undefined) return installed;
  }
  throw new ChromiumMissingError(HOW_TO_GET_ONE);
}

/**
 * For a test file's top level: the browser's path, or undefined when its tests are to be skipped, which is said loudly.
 * In CI (`CI` set to anything but an empty string, `0` or `false`) nothing is skipped: a missing browser is an error.
 *
 * @throws what `ensureChromium` throws; outside CI only the `ChromiumVariableError`
 */
export async function chromiumForTests(
  ensure: () => Promise<string> = ensureChromium,
  env: Record<string, string | undefined> = process.env,
  say: (line: string) => void = sayOnStderr,
): Promise<string | undefined> {
  try {
    return await ensure();
  } catch (error) {
    const missing = error instanceof ChromiumMissingError || error instanceof ChromiumInstallError;
    if (!missing || isCi(env)) throw error;
    say(`\n*** SKIPPED: the browser tests of the chat page did not run: ${error.message} ***\n`);
    return undefined;
  }
}

function isCi(env: Record<string, string | undefined>): boolean {
  return !['', '0', 'false'].includes(env.CI ?? '');
}

function sayOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * A headless browser with a fresh profile, which Playwright makes in the temporary folder and deletes at the end; it
 * downloads nothing. Whoever launches must close it with `closeBrowser`; `withBrowser` does both. Should this process
 * be killed, the browser ends with the pipe between them.
 */
export async function launchChromium(executablePath?: string): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath ?? (await ensureChromium()),
    headless: true,
    args: [...ARGS],
    timeout: LAUNCH_TIMEOUT_MS,
  });
}

/** Closes a browser and waits until it is gone, 15 s at most. @throws when it did not close in that time */
export async function closeBrowser(browser: Browser): Promise<void> {
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`the browser did not close within ${CLOSE_TIMEOUT_MS} ms`)),
    CLOSE_TIMEOUT_MS,
  );
  try {
    await Promise.race([browser.close(), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Runs `use` with a browser of its own, which is closed whatever happens. `executablePath` as in `launchChromium`. */
export async function withBrowser<T>(
  use: (browser: Browser) => Promise<T>,
  executablePath?: string,
): Promise<T> {
  const browser = await launchChromium(executablePath);
  try {
    return await use(browser);
  } finally {
    await closeBrowser(browser);
  }
}
