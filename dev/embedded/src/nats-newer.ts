import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { natsServerVersion } from './nats-binary';
import { fetchNewerDebianNats, newerDebianSuite } from './nats-debian';
import { userCache } from './user-cache';

/** A nats-server that is newer than another, or why there is none. */
export type NewerNats = { readonly binary: string; readonly version: string } | { readonly missing: string };

export interface FindNewerNatsOptions {
  /** Read for NATS_SERVER_NEWER_BIN, HOME and XDG_CACHE_HOME. */
  readonly env?: Record<string, string | undefined>;
  /** Puts a newer nats-server at the path it is given, or raises; Debian's package when left out. */
  readonly fetchPackage?: (target: string) => Promise<void>;
  /** Receives one line for what takes time. */
  readonly report?: (line: string) => void;
}

/** Whether a version such as `2.10.27` is of a later minor release than another. */
function isNewerMinor(version: string, than: string): boolean {
  const [[major = 0, minor = 0], [thanMajor = 0, thanMinor = 0]] = [version, than].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return major > thanMajor || (major === thanMajor && minor > thanMinor);
}

/**
 * A nats-server of a later minor release than `binary`, to run tests on both: NATS_SERVER_NEWER_BIN, what was fetched
 * before, or the package of a newer Debian release, unpacked into the user's cache. Not having one is no error, and
 * nothing is looked for when `binary` is not the oldest supported.
 */
export async function findNewerNatsServer(binary: string, o: FindNewerNatsOptions = {}): Promise<NewerNats> {
  const env = o.env ?? process.env;
  const version = natsServerVersion(binary) ?? '0.0.0';
  const accept = (candidate: string): NewerNats | undefined => {
    const its = natsServerVersion(candidate);
    return its !== undefined && isNewerMinor(its, version) ? { binary: candidate, version: its } : undefined;
  };
  if (env.NATS_SERVER_NEWER_BIN) {
    const missing = `NATS_SERVER_NEWER_BIN=${env.NATS_SERVER_NEWER_BIN} is no nats-server newer than ${version}`;
    return accept(env.NATS_SERVER_NEWER_BIN) ?? { missing };
  }
  if (isNewerMinor(version, '2.9.0')) return { missing: `nats-server ${version} is newer than 2.9 already` };
  const cached = join(userCache(env), `nats-server-${newerDebianSuite}`, 'nats-server');
  const found = existsSync(cached) ? accept(cached) : undefined;
  if (found !== undefined) return found;
  rmSync(cached, { force: true });
  o.report?.(`fetching the nats-server package of Debian ${newerDebianSuite} …`);
  try {
    await (o.fetchPackage ?? fetchNewerDebianNats)(cached);
  } catch (error) {
    return { missing: `none could be fetched: ${error instanceof Error ? error.message : String(error)}` };
  }
  return accept(cached) ?? { missing: 'what was fetched does not run here' };
}
