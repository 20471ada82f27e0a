import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '@popple/embedded/child-process';
import { freePort } from '@popple/embedded/free-port';
import { findNatsServer, natsServerVersion } from '@popple/embedded/nats-binary';
import { reapProcess } from '@popple/testing/reaper';
import { tempFolder } from '@popple/testing/temp-folder';
import { connect, type NatsConnection } from 'nats';
import { natsPasswordsFile } from '../credentials/nats-passwords';
import { newPasswords } from '../credentials/passwords';
import { DEPLOY } from './deploy-folder';
import { makeRouteCredentials } from './route-credentials';

const START_ATTEMPTS = 5;
const READY_DEADLINE_MS = 20_000;

export type NatsUser = 'bot' | 'svc' | 'operator';

/** A nats-server with the users and permissions of deploy/nats. */
export interface NatsWithAccounts {
  /** NATS_URL of a user. */
  url(user: NatsUser): string;
  /** A connection as a user, with the inbox that is that user's. */
  connect(user: NatsUser): Promise<NatsConnection>;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

function replaceOnce(text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw new Error(`expected exactly one ${from} in the configuration`);
  return text.replace(from, () => to);
}

/** A configuration of accounts with the permissions of every user left out: what the accounts hold by themselves. */
function withoutPermissions(text: string): string {
  // The innermost braces go first, until only the outer pair of each block is left.
  const inner = /(permissions \{[^{}]*)\{[^{}]*\}/;
  let left = text;
  while (inner.test(left)) left = left.replace(inner, '$1');
  const without = left.replace(/permissions \{[^{}]*\}/g, '');
  if (without === text || without.includes('permissions {')) throw new Error('no permissions were left out');
  return without;
}

/** What nats-server has against a configuration of deploy/nats, read as containers have it; empty when it takes it. */
export async function checkConfiguration(file: string, binary: string): Promise<string> {
  const folder = tempFolder('nats-configuration');
  try {
    cpSync(join(DEPLOY, 'nats'), folder.path, { recursive: true });
    mkdirSync(join(folder.path, 'credentials'));
    writeFileSync(join(folder.path, 'credentials/passwords.conf'), natsPasswordsFile(newPasswords()));
    const routes = join(folder.path, 'routes');
    makeRouteCredentials(routes);
    const config = join(folder.path, file);
    const text = readFileSync(config, 'utf8').replaceAll('/etc/popple/routes', routes);
    writeFileSync(config, withoutNewerSettings(text, binary));
    const child = Bun.spawn([binary, '--config', config, '-t'], {
      env: { POD_NAME: 'nats-0' },
      stdout: 'ignore',
      stderr: 'pipe',
    });
    const complaint = await new Response(child.stderr).text();
    return (await child.exited) === 0 ? '' : complaint || 'refused without a word';
  } finally {
    folder.remove();
  }
}

/** `sync_interval` came with nats-server 2.10, which the image always is; an older one of this machine would refuse it. */
export function withoutNewerSettings(text: string, binary: string): string {
  const [major = 0, minor = 0] = (natsServerVersion(binary) ?? '').split('.').map(Number);
  return major === 2 && minor < 10 ? text.replace(/^ *sync_interval:.*$/m, '') : text;
}

/** The configuration that containers run, with this machine's addresses in place of theirs. */
function localConfiguration(file: string, storeDir: string, port: number, binary: string): string {
  let text = readFileSync(file, 'utf8');
  text = replaceOnce(text, '"0.0.0.0:4222"', `"127.0.0.1:${port}"`);
  text = replaceOnce(text, 'http: "0.0.0.0:8222"\n', '');
  text = replaceOnce(text, '"/data"', JSON.stringify(storeDir));
  return withoutNewerSettings(text, binary);
}

export interface NatsWithAccountsOptions {
  /** The nats-server to run; the one that other tests run on when it is not given. */
  binary?: string;
  /** Leaves out what each user may publish and subscribe to: then only the accounts hold. */
  withoutPermissions?: boolean;
}

/** Starts a server of its own with deploy/nats/nats.conf and accounts.conf and new passwords. */
export async function natsWithAccounts(options: NatsWithAccountsOptions = {}): Promise<NatsWithAccounts> {
  const binary = options.binary ?? (await findNatsServer());
  const folder = tempFolder('nats-accounts');
  const passwords = newPasswords();
  mkdirSync(join(folder.path, 'credentials'));
  writeFileSync(join(folder.path, 'credentials/passwords.conf'), natsPasswordsFile(passwords));
  const accounts = readFileSync(join(DEPLOY, 'nats/accounts.conf'), 'utf8');
  writeFileSync(
    join(folder.path, 'accounts.conf'),
    options.withoutPermissions ? withoutPermissions(accounts) : accounts,
  );
  const config = join(folder.path, 'nats.conf');

  const start = async () => {
    const port = await freePort();
    // A name of its own: somebody else may have taken the port meanwhile.
    const name = `popple-${randomBytes(8).toString('hex')}`;
    const text = localConfiguration(join(DEPLOY, 'nats/nats.conf'), join(folder.path, 'store'), port, binary);
    writeFileSync(config, replaceOnce(text, 'server_name: nats\n', `server_name: ${name}\n`));
    const log: string[] = [];
    const child = await startChild({
      command: binary,
      args: ['--config', config],
      onLine: (line) => log.push(line),
    });
    const release = reapProcess(child.pid);
    let ended = false;
    void child.exited.then(() => {
      ended = true;
      release();
    });
    return { port, name, log, child, hasEnded: () => ended };
  };
  type Server = Awaited<ReturnType<typeof start>>;

  const open = (server: Server, user: NatsUser) =>
    connect({
      servers: `127.0.0.1:${server.port}`,
      user,
      pass: passwords.nats[user],
      inboxPrefix: `_INBOX.popple-${user}`,
      reconnect: false,
    });
  const isReady = async (server: Server) => {
    try {
      const connection = await open(server, 'operator');
      const isOurs = connection.info?.server_name === server.name;
      await connection.close();
      return isOurs;
    } catch {
      return false;
    }
  };

  for (let attempt = 1; ; attempt += 1) {
    const server = await start();
    const deadline = Date.now() + READY_DEADLINE_MS;
    while (!server.hasEnded() && Date.now() < deadline) {
      if (await isReady(server)) {
        const stop = async () => {
          server.child.signal('SIGKILL');
          await server.child.exited;
          folder.remove();
        };
        return {
          url: (user) => `nats://${user}:${passwords.nats[user]}@127.0.0.1:${server.port}`,
          connect: (user) => open(server, user),
          stop,
          [Symbol.asyncDispose]: stop,
        };
      }
      await Bun.sleep(25);
    }
    server.child.signal('SIGKILL');
    await server.child.exited;
    if (attempt === START_ATTEMPTS) throw new Error(`nats-server did not start:\n${server.log.join('\n')}`);
  }
}
