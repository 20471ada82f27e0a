import { existsSync } from 'node:fs';

/** The path of a nats-server that runs on this machine. Raises when there is none. */
export async function findNatsServer(): Promise<string> {
  const candidates = [process.env.NATS_SERVER_BIN, Bun.which('nats-server'), '/usr/sbin/nats-server'];
  for (const candidate of candidates) if (candidate && existsSync(candidate)) return candidate;
  throw new Error('no nats-server was found: install one, or name it in NATS_SERVER_BIN');
}
