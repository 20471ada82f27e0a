import { rmSync, writeFileSync } from 'node:fs';
import type { Addresses } from './service-environment';

/**
 * Writes down where this run's servers are, as an env file that only its owner may read: a worker started by hand, the
 * operator's tools and psql then find them (`bun --env-file=<path> svc/src/main.ts`). What the environment named is not
 * in it. Returns what removes it.
 */
export function writeAddressesFile(path: string, addresses: Addresses): () => void {
  const values: [string, string | undefined][] = [
    ['NATS_URL', addresses.natsUrl],
    ['DATABASE_URL', addresses.databaseUrl],
    ['DISCORD_API_URL', addresses.discord?.apiUrl],
    ['DISCORD_TOKEN', addresses.discord?.token],
    ['HTTP_PORT', '0'],
  ];
  const lines = values.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}\n`]));
  rmSync(path, { force: true });
  writeFileSync(path, lines.join(''), { mode: 0o600 });
  return () => rmSync(path, { force: true });
}
