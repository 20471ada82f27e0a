import { access, constants, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** What decides where Chromium is looked for; the process' own unless a test passes others. */
export interface ChromiumSurroundings {
  readonly env: Record<string, string | undefined>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** The variables with which a person names their browser, the first one set wins. */
const CHROMIUM_VARIABLES = ['CHROMIUM_BIN', 'CHROME_BIN'] as const;

/** First the one without windows, menus and extensions: it takes less than half of the processor time. */
const NAMES_ON_PATH = [
  'chromium-headless-shell',
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
] as const;

const VERSION_CHECK_MS = 30_000;

/** A variable names a browser that is not there: a typo must not become some other browser. */
export class ChromiumVariableError extends Error {
  override readonly name = 'ChromiumVariableError';
}

/**
 * The path of a Chromium or Chrome that can be run: named by `CHROMIUM_BIN` or `CHROME_BIN`, on the PATH, in the
 * platform's usual places, or in Playwright's own cache (the newest). Undefined where there is none.
 *
 * @throws {ChromiumVariableError} when one of the variables is set to something that cannot be executed
 */
export async function findChromium(
  surroundings: ChromiumSurroundings = { env: process.env, platform: process.platform, home: homedir() },
): Promise<string | undefined> {
  const named = await namedByVariable(surroundings);
  if (named !== undefined) return named;
  const places = [...onPath(surroundings), ...usualPlaces(surroundings), ...(await cached(surroundings))];
  for (const path of places) {
    if ((await isExecutable(path)) && (await runs(path, surroundings.platform))) return path;
  }
  return undefined;
}

async function namedByVariable({ env }: ChromiumSurroundings): Promise<string | undefined> {
  for (const variable of CHROMIUM_VARIABLES) {
    const path = env[variable];
    if (path === undefined || path === '') continue;
    if (await isExecutable(path)) return path;
    throw new ChromiumVariableError(
      `${variable} is set to ${path}, which is not a program that can be run; set it to the path of Chromium or Chrome, or unset it`,
    );
  }
  return undefined;
}

function onPath({ env, platform }: ChromiumSurroundings): string[] {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffix = platform === 'win32' ? '.exe' : '';
  return NAMES_ON_PATH.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
}

function usualPlaces({ env, platform, home }: ChromiumSurroundings): string[] {
  if (platform === 'darwin') {
    const applications = ['/Applications', join(home, 'Applications')];
    const names = ['Google Chrome', 'Chromium', 'Google Chrome for Testing'];
    return applications.flatMap((folder) =>
      names.map((name) => join(folder, `${name}.app`, 'Contents', 'MacOS', name)),
    );
  }
  if (platform === 'win32') {
    const roots = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA];
    return roots
      .filter((root) => root !== undefined)
      .flatMap((root) => [
        join(root, 'Google', 'Chrome', 'Application', 'chrome.exe'),
        join(root, 'Chromium', 'Application', 'chrome.exe'),
      ]);
  }
  if (platform !== 'linux') return [];
  return [
    '/usr/bin/chromium-headless-shell',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/opt/google/chrome/chrome',
  ];
}

/** Browsers which Playwright's own installer left behind, newest first; the folder's number is the revision. */
async function cached({ env, platform, home }: ChromiumSurroundings): Promise<string[]> {
  const root = env.PLAYWRIGHT_BROWSERS_PATH ?? defaultCache({ env, platform, home });
  const folders = await readdir(root).catch(() => []);
  return folders
    .flatMap((folder) => {
      const revision = /^chromium(?:_headless_shell)?-(\d+)$/.exec(folder)?.[1];
      return revision === undefined ? [] : [{ folder, revision: Number(revision) }];
    })
    .sort((a, b) => b.revision - a.revision)
    .flatMap(({ folder }) => insideCache(platform).map((path) => join(root, folder, path)));
}

function defaultCache({ env, platform, home }: ChromiumSurroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'ms-playwright');
  if (platform === 'win32') return join(env.LOCALAPPDATA ?? home, 'ms-playwright');
  return join(env.XDG_CACHE_HOME ?? join(home, '.cache'), 'ms-playwright');
}

function insideCache(platform: NodeJS.Platform): string[] {
  if (platform === 'darwin') {
    const app = (name: string) => join(`${name}.app`, 'Contents', 'MacOS', name);
    return ['chrome-mac', 'chrome-mac-arm64', 'chrome-mac-x64'].flatMap((folder) => [
      join(folder, app('Google Chrome for Testing')),
      join(folder, app('Chromium')),
    ]);
  }
  if (platform === 'win32') return [join('chrome-win64', 'chrome.exe'), join('chrome-win', 'chrome.exe')];
  return [
    join('chrome-linux64', 'chrome'),
    join('chrome-linux', 'chrome'),
    join('chrome-headless-shell-linux64', 'chrome-headless-shell'),
    join('chrome-linux', 'headless_shell'),
  ];
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Whether the program prints its version. Ubuntu's `chromium-browser` may be a stub that only asks for a snap, and a
 * browser that another run is just installing may still lack its libraries; neither should be picked.
 */
async function runs(path: string, platform: NodeJS.Platform): Promise<boolean> {
  // On Windows `chrome.exe --version` opens a window instead of answering.
  if (platform === 'win32') return true;
  const child = Bun.spawn([path, '--version'], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    timeout: VERSION_CHECK_MS,
    killSignal: 'SIGKILL',
  });
  const [said, exitCode] = await Promise.all([new Response(child.stdout).text(), child.exited]);
  return exitCode === 0 && /\d+\.\d+/.test(said);
}
