import { mkdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { postgresFolder } from '@popple/embedded/postgres-cluster';

/** Where a run keeps its data. */
export interface DataFolders {
  readonly nats: string;
  readonly postgres: string;
  readonly discordState: string;
  /** Where the servers of a run are, while it runs. */
  readonly addresses: string;
  /** Where the data is, for a person to read: a line for each place, relative to the checkout where it is in there. */
  readonly shown: readonly string[];
}

/**
 * The data folders below `.popple/` of the checkout: others for the local Discord than for the real one, because their
 * sessions, servers and scores have nothing to do with each other.
 */
export function dataFolders(root: string, discord: 'local' | 'real'): DataFolders {
  const base = join(root, '.popple', `${discord}-discord`);
  const postgres = postgresFolder(join(base, 'postgres')).folder;
  const inside = postgres.startsWith(base);
  return {
    nats: join(base, 'nats'),
    postgres: join(base, 'postgres'),
    discordState: join(base, 'discord.sqlite'),
    addresses: join(base, 'servers.env'),
    // Postgres cannot run as root, and the user it runs as cannot enter this checkout.
    shown: [`${relative(root, base)}/`, ...(inside ? [] : [`${postgres}/ (Postgres)`])],
  };
}

/** Makes the folders that are not there; with `fresh`, empty. */
export function prepareDataFolders(root: string, discord: 'local' | 'real', fresh: boolean): void {
  const base = join(root, '.popple', `${discord}-discord`);
  if (fresh) {
    rmSync(postgresFolder(join(base, 'postgres')).folder, { recursive: true, force: true });
    rmSync(base, { recursive: true, force: true });
  }
  mkdirSync(base, { recursive: true });
}
