import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOT_VARIABLES } from '@popple/bot/config';
import { COMMON_VARIABLES } from '@popple/shared/process/runner';
import { SVC_VARIABLES } from '@popple/svc/config';
import { type ComposeService, namedVolumes, readComposeFile } from '../testing/compose-file';
import { ROOT } from './engine';

const { services, networks, volumes } = readComposeFile();
const everyService = Object.entries(services);

function service(name: string): ComposeService {
  const found = services[name];
  if (found === undefined) throw new Error(`compose.yaml has no service ${name}`);
  return found;
}

const withoutProfile = everyService.filter(([, { profiles }]) => profiles.length === 0);
const once = everyService.filter(([, { restart }]) => restart === 'no').map(([name]) => name);

describe('without a profile', () => {
  test('what runs is what Popple needs', () => {
    expect(withoutProfile.map(([name]) => name).sort()).toEqual([
      'bot',
      'credentials',
      'migrate',
      'nats',
      'postgres',
      'roles',
      'streams',
      'svc',
    ]);
  });

  test('no port is published', () => {
    for (const [, { ports }] of withoutProfile) expect(ports).toEqual([]);
  });

  test('nobody waits for somebody who may not be there', () => {
    for (const [, { depends_on: dependencies }] of withoutProfile) {
      for (const [name, { required }] of Object.entries(dependencies)) {
        if (service(name).profiles.length > 0) expect(required).toBe(false);
      }
    }
  });
});

test('NATS is made anew by a release that changes its configuration', () => {
  const hash = new Bun.CryptoHasher('sha256');
  for (const file of ['nats.conf', 'accounts.conf'])
    hash.update(readFileSync(join(ROOT, 'deploy/nats', file)));
  const digest = hash.digest('hex').slice(0, 16);
  expect(service('nats').labels).toEqual({ 'popple.nats-configuration': digest });
});

describe('every service', () => {
  test.each(everyService)('%s is confined', (_name, it) => {
    expect(it.read_only).toBe(true);
    expect(it.cap_drop).toEqual(['ALL']);
    expect(it.security_opt).toContain('no-new-privileges:true');
    expect(it.privileged).toBeUndefined();
    expect(it.mem_limit).toMatch(/^\d+m$/);
  });

  test.each(everyService)('%s can be run more than once, beside another project', (_name, it) => {
    expect(it.container_name).toBeUndefined();
  });

  test.each(everyService)('%s publishes to this machine only', (_name, { ports }) => {
    for (const port of ports) expect(port).toStartWith('127.0.0.1:');
  });

  test.each(everyService)('%s has no secret in its environment', (_name, { environment }) => {
    for (const [name, value] of Object.entries(environment)) {
      if (/TOKEN|PASSWORD|_URL/.test(name)) expect(name).toEndWith('_FILE');
      expect(value).not.toMatch(/:\/\/\S*@/);
    }
  });

  test.each(everyService)('%s is started from a pinned image', (_name, { image }) => {
    expect(image).toMatch(/:[^}]*\d/);
    expect(image).not.toContain('latest');
  });

  test('only the one that makes the credentials is root, without a network', () => {
    for (const [, it] of everyService) {
      if (it.user !== '0:0') {
        expect(it.cap_add).toEqual([]);
        continue;
      }
      expect(it.command?.[0]).toBe('credentials');
      expect(it.network_mode).toBe('none');
    }
  });

  test('what runs for long comes back after a crash, and says whether it is healthy', () => {
    for (const [name, it] of everyService) {
      if (once.includes(name)) continue;
      expect(it.restart).toBe('unless-stopped');
      expect(it.healthcheck?.disable).toBeUndefined();
    }
  });

  test('somebody waits for whatever runs once, or --wait would take its end for a failure', () => {
    const waited = everyService.flatMap(([, { depends_on: dependencies }]) =>
      Object.entries(dependencies)
        .filter(([, { condition }]) => condition === 'service_completed_successfully')
        .map(([name]) => name),
    );
    for (const name of once) if (name !== 'tools') expect(waited).toContain(name);
  });

  test('waits for the end of what ends, and for the health of what does not', () => {
    for (const [, { depends_on: dependencies }] of everyService) {
      for (const [name, { condition }] of Object.entries(dependencies)) {
        const wanted = once.includes(name) ? 'service_completed_successfully' : 'service_healthy';
        expect(condition).toBe(wanted);
      }
    }
  });
});

describe('the parts', () => {
  test('leave themselves time to finish', () => {
    for (const name of ['bot', 'svc']) {
      expect(Number.parseInt(service(name).stop_grace_period ?? '', 10)).toBeGreaterThan(10);
    }
  });

  test('are started in the right order', () => {
    expect(Object.keys(service('svc').depends_on)).toEqual(expect.arrayContaining(['migrate', 'streams']));
    expect(Object.keys(service('bot').depends_on)).toContain('streams');
    expect(Object.keys(service('migrate').depends_on)).toContain('roles');
  });

  test('are built once', () => {
    expect(everyService.filter(([, { build }]) => build !== undefined).map(([name]) => name)).toEqual([
      'credentials',
      'discord',
    ]);
  });

  test('are set no variable that nobody reads', () => {
    const known = Object.keys({ ...BOT_VARIABLES, ...SVC_VARIABLES, ...COMMON_VARIABLES });
    for (const name of ['bot', 'svc', 'streams', 'migrate', 'tools']) {
      for (const variable of Object.keys(service(name).environment)) {
        expect(known).toContain(variable.replace(/_FILE$/, ''));
      }
    }
  });

  test('want the same streams as the step that makes them', () => {
    for (const variable of ['STREAM_MAX_AGE', 'STREAM_MAX_BYTES', 'REPLY_MAX_AGE']) {
      const wanted = service('streams').environment[variable];
      expect(wanted).toBeDefined();
      expect(service('bot').environment[variable]).toBe(wanted ?? '');
      expect(service('svc').environment[variable]).toBe(wanted ?? '');
    }
  });
});

describe('networks', () => {
  const ways = (name: string) => service(name).networks.filter((network) => !networks[network]?.internal);

  test('only the bot gets out', () => {
    expect(withoutProfile.filter(([name]) => ways(name).length > 0).map(([name]) => name)).toEqual(['bot']);
  });

  test('Postgres and the bot have no network in common', () => {
    const shared = service('bot').networks.filter((network) =>
      service('postgres').networks.includes(network),
    );
    expect(shared).toEqual([]);
  });
});

describe('credentials', () => {
  const isCredentials = ({ name }: { name: string }) => name.endsWith('-credentials');

  test('each is seen by those who use it, and cannot be changed by them', () => {
    const readers = new Map<string, string[]>();
    for (const [name, it] of everyService) {
      if (it.command?.[0] === 'credentials') continue;
      for (const volume of namedVolumes(it).filter(isCredentials)) {
        expect(volume.readOnly).toBe(true);
        readers.set(volume.name, [...(readers.get(volume.name) ?? []), name]);
      }
    }
    expect(Object.fromEntries(readers)).toEqual({
      'bot-credentials': ['bot'],
      'svc-credentials': ['roles', 'svc'],
      'migrate-credentials': ['roles', 'migrate'],
      'nats-credentials': ['nats'],
      'postgres-credentials': ['postgres', 'roles'],
      'operator-credentials': ['streams', 'tools'],
    });
  });

  test('every volume that is used is declared', () => {
    const used = new Set(everyService.flatMap(([, it]) => namedVolumes(it).map(({ name }) => name)));
    expect([...used].sort()).toEqual(Object.keys(volumes).sort());
  });

  test('the token never gets into git or into the image', () => {
    const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
    expect(read('deploy/secrets/.gitignore')).toBe('*\n!.gitignore\n');
    const ignored = read('.dockerignore').split('\n');
    expect(ignored.indexOf('deploy/secrets')).toBeGreaterThan(ignored.indexOf('!deploy'));
    expect(ignored.find((line) => line !== '' && !line.startsWith('#'))).toBe('*');
  });
});
