import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fetchDebianNats } from './nats-debian';
import { downloadNats, type OnProgress } from './nats-download';
import { natsRelease, natsReleaseUrl, natsVersion, oldestNatsVersion } from './nats-release';
import { userCache } from './user-cache';

/** Where to look for a nats-server; the defaults are this machine's. */
export interface FindNatsOptions {
  /** Read for NATS_SERVER_BIN, NATS_RELEASE_URL, PATH, HOME and XDG_CACHE_HOME. */
  readonly env?: Record<string, string | undefined>;
  /** Searched after the PATH: an ordinary user's PATH often lacks the folders for servers. */
  readonly systemFolders?: readonly string[];
  /** The machine to download for. */
  readonly platform?: { readonly os: string; readonly arch: string };
  /** The last way but the error; undefined: Debian's package. Puts a program at the path it is given, or raises. */
  readonly fetchPackage?: (target: string) => Promise<void>;
  /** Receives one line for each thing that takes time or does not work. */
  readonly report?: (line: string) => void;
  readonly onProgress?: OnProgress;
}

/** Neither found nor fetched. */
export class NatsServerMissingError extends Error {
  override name = 'NatsServerMissingError';
}

const programName = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';
const defaultFolders = ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'];

/**
 * The path of a nats-server (2.9 or newer) that runs on this machine: NATS_SERVER_BIN, the PATH, the usual folders for
 * servers, what was fetched before, the official release (verified), or Debian's package, in this order. Raises an
 * Error when NATS_SERVER_BIN names something else, and NatsServerMissingError with all the ways to get one.
 */
export async function findNatsServer(o: FindNatsOptions = {}): Promise<string> {
  const env = o.env ?? process.env;
  if (env.NATS_SERVER_BIN) return checkedVariable(env.NATS_SERVER_BIN);
  return installed(env, o) ?? (await fetched(env, o));
}

/** The version that the program prints, as `2.9.10`; undefined when it is no nats-server that runs here. */
export function natsServerVersion(binary: string): string | undefined {
  const result = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 20_000 });
  if (result.status !== 0) return undefined;
  return /nats-server:?\s+v?(\d+\.\d+\.\d+)/.exec(`${result.stdout}${result.stderr}`)?.[1];
}

function checkedVariable(binary: string): string {
  const version = natsServerVersion(binary);
  if (version !== undefined && isRecent(version)) return binary;
  const what =
    version === undefined ? 'is not a nats-server that runs here' : `is version ${version}, which is too old`;
  throw new Error(
    `NATS_SERVER_BIN=${binary} ${what}: name a nats-server 2.9 or newer, or unset it to have one found`,
  );
}

function installed(env: Record<string, string | undefined>, o: FindNatsOptions): string | undefined {
  const onPath = Bun.which('nats-server', { PATH: env.PATH ?? '' });
  const inFolders = (o.systemFolders ?? defaultFolders).map((folder) => join(folder, programName));
  for (const binary of [onPath, ...inFolders]) {
    if (binary === null || !existsSync(binary)) continue;
    const version = natsServerVersion(binary);
    if (version !== undefined && isRecent(version)) return binary;
    o.report?.(
      `${binary} is ${version === undefined ? 'not a nats-server that runs here' : `too old (${version})`}`,
    );
  }
  return undefined;
}

async function fetched(env: Record<string, string | undefined>, o: FindNatsOptions): Promise<string> {
  const cache = userCache(env);
  const ofRelease = join(cache, `nats-server-${natsVersion}`, programName);
  const ofPackage = join(cache, 'nats-server-debian', programName);
  for (const binary of [ofRelease, ofPackage]) {
    if (!existsSync(binary)) continue;
    if (natsServerVersion(binary) !== undefined) return binary;
    rmSync(binary, { force: true });
  }
  const ways: [string, string, () => Promise<void>][] = [
    [`nats-server ${natsVersion} from the official release`, ofRelease, () => fromRelease(env, o, ofRelease)],
    ["Debian's nats-server package", ofPackage, () => (o.fetchPackage ?? fetchDebianNats)(ofPackage)],
  ];
  const failures: string[] = [];
  for (const [what, binary, get] of ways) {
    o.report?.(`no nats-server on this machine: fetching ${what} …`);
    try {
      await get();
      if (natsServerVersion(binary) !== undefined) return binary;
      rmSync(binary, { force: true });
      throw new Error('what was fetched does not run here');
    } catch (error) {
      const failure = `${what}: ${error instanceof Error ? error.message : String(error)}`;
      failures.push(failure);
      o.report?.(`could not fetch ${failure}`);
    }
  }
  throw new NatsServerMissingError(howToGetOne(failures));
}

async function fromRelease(
  env: Record<string, string | undefined>,
  o: FindNatsOptions,
  target: string,
): Promise<void> {
  const { os, arch } = o.platform ?? { os: process.platform, arch: process.arch };
  const release = natsRelease(os, arch);
  if (!release) throw new Error(`there is no official release for ${os} on ${arch}`);
  const baseUrl = (env.NATS_RELEASE_URL || natsReleaseUrl).replace(/\/+$/, '');
  await downloadNats({ release, baseUrl, target, ...(o.onProgress ? { onProgress: o.onProgress } : {}) });
}

function isRecent(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > oldestNatsVersion[0] || (major === oldestNatsVersion[0] && minor >= oldestNatsVersion[1]);
}

function howToGetOne(failures: readonly string[]): string {
  return [
    'Popple needs nats-server (2.9 or newer), and none was found or could be fetched:',
    ...failures.map((failure) => `  - ${failure}`),
    'Do one of these, and run the same command again:',
    '  - install it: "apt-get install nats-server" (Debian, Ubuntu), "brew install nats-server" (macOS),',
    '    "scoop install nats-server" or "choco install nats-server" (Windows)',
    '  - unpack a release of https://github.com/nats-io/nats-server/releases and name it: NATS_SERVER_BIN=/path/to/nats-server',
    '  - name a mirror of the releases: NATS_RELEASE_URL=https://mirror.example/nats-server/releases/download',
    '  - use a NATS server that runs elsewhere, with JetStream: NATS_URL=nats://host:4222',
  ].join('\n');
}
