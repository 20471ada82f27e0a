import { afterEach, describe, expect, test } from 'bun:test';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '@popple/embedded/child-process';
import { freePort } from '@popple/embedded/free-port';
import { natsServers } from '@popple/testing/nats-servers';
import { reapProcess } from '@popple/testing/reaper';
import { type TempFolder, tempFolder } from '@popple/testing/temp-folder';
import { until } from '@popple/testing/until';
import { z } from 'zod';
import { natsPasswordsFile } from '../credentials/nats-passwords';
import { newPasswords } from '../credentials/passwords';
import { DEPLOY } from '../testing/deploy-folder';
import { withoutNewerSettings } from '../testing/nats-with-accounts';
import { makeRouteCredentials } from '../testing/route-credentials';

const DEADLINE_MS = 60_000;
/** How long somebody who is refused is watched. */
const WATCH_MS = 3_000;

const passwords = newPasswords();
const running: (() => Promise<void>)[] = [];
let folder: TempFolder | undefined;

afterEach(async () => {
  await Promise.all(running.splice(0).map((stop) => stop()));
  folder?.remove();
});

interface Server {
  url: string;
  monitor: string;
  log: string[];
  stop(): Promise<void>;
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}

/** Starts a server with cluster.conf as the pods have it, with this machine's addresses; `change` spoils it. */
async function start(
  binary: string,
  name: string,
  routePort: number,
  routes: string,
  change = (text: string) => text,
): Promise<Server> {
  const own = join(folder?.path ?? '', name);
  mkdirSync(join(own, 'credentials'), { recursive: true });
  writeFileSync(join(own, 'credentials/passwords.conf'), natsPasswordsFile(passwords));
  cpSync(join(DEPLOY, 'nats/accounts.conf'), join(own, 'accounts.conf'));
  cpSync(routes, join(own, 'routes'), { recursive: true });
  const [port, monitorPort] = await freePorts(2);
  const text = readFileSync(join(DEPLOY, 'nats/cluster.conf'), 'utf8')
    .replace('"0.0.0.0:4222"', `"127.0.0.1:${port}"`)
    .replace('"0.0.0.0:8222"', `"127.0.0.1:${monitorPort}"`)
    .replace('"0.0.0.0:6222"', `"127.0.0.1:${routePort}"`)
    .replace('"/data"', JSON.stringify(join(own, 'store')))
    .replace('"/var/run/nats/nats.pid"', JSON.stringify(join(own, 'nats.pid')))
    .replaceAll('/etc/popple/routes', join(own, 'routes'));
  if (text.includes('0.0.0.0') || text.includes('/etc/popple'))
    throw new Error('an address was not replaced');
  const config = join(own, 'cluster.conf');
  writeFileSync(config, change(withoutNewerSettings(text, binary)));
  const log: string[] = [];
  const child = await startChild({
    command: binary,
    args: ['--config', config],
    env: { POD_NAME: name },
    onLine: (line) => log.push(line),
  });
  const release = reapProcess(child.pid);
  const stop = async () => {
    child.signal('SIGKILL');
    await child.exited;
    release();
  };
  running.push(stop);
  return { url: `127.0.0.1:${port}`, monitor: `http://127.0.0.1:${monitorPort}`, log, stop };
}

const routezSchema = z.object({
  server_id: z.string(),
  routes: z
    .array(z.object({ remote_id: z.string() }))
    .nullish()
    .transform((routes) => routes ?? []),
});

/** The id of a server and those of the servers that it has routes to; undefined while it does not answer. */
async function routesOf({ monitor }: Server): Promise<{ id: string; peers: Set<string> } | undefined> {
  const response = await fetch(`${monitor}/routez`).catch(() => undefined);
  if (response === undefined) return undefined;
  const { server_id: id, routes } = routezSchema.parse(await response.json());
  return { id, peers: new Set(routes.map(({ remote_id: remote }) => remote)) };
}

const withLogs = (what: string, servers: readonly Server[]) =>
  `${what}:\n${servers.flatMap(({ log }) => log).join('\n')}`;

describe.each(await natsServers())('nats-server $version', ({ binary }) => {
  test('three servers are one cluster, and nobody else joins them', async () => {
    folder = tempFolder('nats-routes');
    const ports = await freePorts(4);
    const hosts = ports.slice(0, 3).map((port) => `127.0.0.1:${port}`);
    const routes = join(folder.path, 'routes');
    makeRouteCredentials(routes, hosts);
    const names = ['nats-0', 'nats-1', 'nats-2'];
    const servers = await Promise.all(
      names.map((name, index) => start(binary, name, ports[index] ?? 0, routes)),
    );
    for (const server of servers) {
      await until(
        async () => {
          return (await routesOf(server))?.peers.size === 2;
        },
        () => withLogs('a server finds the others', servers),
        { withinMs: DEADLINE_MS },
      );
    }

    // Who would join: each with the password and with a certificate, but one of them not theirs.
    const foreign = join(folder.path, 'foreign');
    makeRouteCredentials(foreign, hosts);
    const mixed = (file: string) => {
      const made = join(folder?.path ?? '', `foreign-${file}`);
      cpSync(routes, made, { recursive: true });
      cpSync(join(foreign, file), join(made, file));
      if (file === 'tls.crt') cpSync(join(foreign, 'tls.key'), join(made, 'tls.key'));
      return made;
    };
    const withoutTls = (text: string) => text.replace(/ {2}tls \{[^}]*\}\n/, '');
    const intruders: [string, string, ((text: string) => string)?][] = [
      ['wrong-password', mixed('routes.conf')],
      ['wrong-certificate', mixed('tls.crt')],
      ['no-tls', routes, withoutTls],
    ];
    for (const [name, made, change] of intruders) {
      const intruder = await start(binary, name, ports[3] ?? 0, made, change);
      let intruderId: string | undefined;
      await until(
        async () => {
          intruderId = (await routesOf(intruder))?.id;
          return intruderId !== undefined;
        },
        () => withLogs(`${name} starts`, [intruder]),
        { withinMs: DEADLINE_MS },
      );
      const deadline = Date.now() + WATCH_MS;
      while (Date.now() < deadline) {
        for (const server of servers) expect((await routesOf(server))?.peers).not.toContain(intruderId);
        await Bun.sleep(200);
      }
      // It tried.
      expect(intruder.log.join('\n')).toMatch(/route/i);
      await intruder.stop();
    }
    for (const server of servers) expect((await routesOf(server))?.peers.size).toBe(2);

    // One that has all of it does join, and is seen.
    const fourth = await start(binary, 'nats-3', ports[3] ?? 0, routes);
    for (const server of servers) {
      await until(
        async () => {
          const id = (await routesOf(fourth))?.id;
          return id !== undefined && (await routesOf(server))?.peers.has(id) === true;
        },
        () => withLogs('the fourth is let in', [fourth]),
        { withinMs: DEADLINE_MS },
      );
    }
  }, 180_000);
});
