/** The release that is downloaded when the machine has no nats-server of its own. */
export const natsVersion = '2.14.5';

/** The oldest nats-server that Popple works on: Debian 12's. */
export const oldestNatsVersion = [2, 9] as const;

/** An archive of the official release. */
export interface NatsRelease {
  readonly archive: string;
  /** Relative to the base URL of the releases. */
  readonly archivePath: string;
  /** The release's own list of checksums, relative to the base URL. */
  readonly sumsPath: string;
  /** Known beforehand for some platforms; where undefined, the release's own list is asked. */
  readonly sha256: string | undefined;
}

/** Where GitHub keeps the releases; NATS_RELEASE_URL names a mirror. */
export const natsReleaseUrl = 'https://github.com/nats-io/nats-server/releases/download';

// Source: the Dockerfiles of github.com/nats-io/nats-docker, where the NATS project pins its own images.
const knownSums: Readonly<Record<string, string>> = {
  'linux-amd64': '5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355',
  'linux-arm64': '673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c',
  'linux-arm7': 'c8796b63a8603fdebabd63146ac3d3997c29a2829fdd2af6db320f4a287f2e71',
  'windows-amd64': 'f66f840a211ab665083b88e9b7edbcf6296cda143be47e53e6f6bb8520692bbb',
};

const systems: Readonly<Record<string, string>> = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
const processors: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm7',
  ia32: '386',
};

/**
 * The official archive for a platform, named as Node names it (`linux`, `x64`); undefined when there is none.
 */
export function natsRelease(platform: string, arch: string): NatsRelease | undefined {
  const system = systems[platform];
  const processor = processors[arch];
  if (system === undefined || processor === undefined) return undefined;
  const name = `${system}-${processor}`;
  const archive = `nats-server-v${natsVersion}-${name}.${system === 'linux' ? 'tar.gz' : 'zip'}`;
  return {
    archive,
    archivePath: `v${natsVersion}/${archive}`,
    sumsPath: `v${natsVersion}/SHA256SUMS`,
    sha256: knownSums[name],
  };
}
