import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { type TempFolder, tempFolder } from '@popple/testing/temp-folder';
import { passwordsSchema } from './passwords';
import { writeCredentials, writeDiscordSettings } from './store';

const PLACES = { nats: 'nats:4222', postgres: 'postgres:5432/popple' };

let folder: TempFolder;
beforeEach(() => {
  folder = tempFolder('credentials');
});
afterEach(() => folder.remove());

const read = (path: string) => readFileSync(join(folder.path, path), 'utf8');

function everything(): Map<string, string> {
  const files = readdirSync(folder.path, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return new Map(
    files.map((e) => {
      const path = join(e.parentPath, e.name).slice(folder.path.length + 1);
      return [path, read(path)];
    }),
  );
}

describe('writeCredentials', () => {
  test('gives every owner what it needs, in the form that configuration reads', () => {
    writeCredentials(folder.path, PLACES);
    const path = (name: string) => join(folder.path, name);
    const { NATS_URL, DATABASE_URL } = readEnvironment(
      { NATS_URL: VARIABLES.NATS_URL, DATABASE_URL: VARIABLES.DATABASE_URL },
      { NATS_URL_FILE: path('svc/nats_url'), DATABASE_URL_FILE: path('svc/database_url') },
    );
    expect(NATS_URL[0]).toMatch(/^nats:\/\/svc:[\w-]{43}@nats:4222$/);
    expect(DATABASE_URL).toMatch(/^postgres:\/\/popple_svc:[\w-]{43}@postgres:5432\/popple$/);
    expect([...everything().keys()].sort()).toEqual([
      'bot/nats_url',
      'master/passwords.json',
      'migrate/database_url',
      'nats/passwords.conf',
      'operator/database_url',
      'operator/nats_url',
      'postgres/admin_urls',
      'postgres/password',
      'svc/database_url',
      'svc/nats_url',
    ]);
  });

  test('no password is in a folder of somebody who does not use it', () => {
    writeCredentials(folder.path, PLACES);
    const { nats, postgres } = passwordsSchema.parse(JSON.parse(read('master/passwords.json')));
    const owners = (secret: string) =>
      [...everything()]
        .filter(([, content]) => content.includes(secret))
        .map(([path]) => path.split('/')[0])
        .sort();
    expect(owners(nats.bot)).toEqual(['bot', 'master']);
    expect(owners(nats.svc)).toEqual(['master', 'svc']);
    expect(owners(nats.operator)).toEqual(['master', 'operator']);
    expect(owners(postgres.svc)).toEqual(['master', 'operator', 'svc']);
    expect(owners(postgres.migrate)).toEqual(['master', 'migrate']);
    expect(owners(postgres.admin)).toEqual(['master', 'postgres', 'postgres']);
  });

  test('files cannot be written by who reads them, and the master file is read by nobody else', () => {
    writeCredentials(folder.path, PLACES);
    const mode = (path: string) => statSync(join(folder.path, path)).mode & 0o777;
    expect(mode('bot/nats_url')).toBe(0o444);
    expect(mode('master/passwords.json')).toBe(0o400);
    // Outside of containers, where other users could look in.
    for (const owner of readdirSync(folder.path)) expect(mode(owner)).toBe(0o700);
  });

  test('run again it changes nothing, not even the salted hashes', () => {
    writeCredentials(folder.path, PLACES);
    const before = everything();
    expect(writeCredentials(folder.path, PLACES)).toEqual([]);
    expect(everything()).toEqual(before);
  });

  test('after a crash in the middle it completes what is missing with the same passwords', () => {
    writeCredentials(folder.path, PLACES);
    const before = everything();
    rmSync(join(folder.path, 'svc'), { recursive: true });
    rmSync(join(folder.path, 'postgres/password'));
    rmSync(join(folder.path, 'nats/passwords.conf'));
    writeFileSync(join(folder.path, 'nats/passwords.conf'), 'half of i');
    expect(writeCredentials(folder.path, PLACES)).toHaveLength(4);
    const withoutHashes = (files: Map<string, string>) =>
      [...files].filter(([path]) => path !== 'nats/passwords.conf');
    expect(withoutHashes(everything())).toEqual(withoutHashes(before));
  });

  test('rotation renews every password, and keeps the ways in that Postgres may still know', () => {
    const admins: string[] = [];
    writeCredentials(folder.path, PLACES);
    admins.unshift(read('postgres/password'));
    const before = everything();
    for (let rotation = 0; rotation < 2; rotation += 1) {
      writeCredentials(folder.path, PLACES, { rotate: true });
      admins.unshift(read('postgres/password'));
    }
    for (const [path, content] of everything()) expect(content).not.toBe(before.get(path));
    const urls = read('postgres/admin_urls').trim().split('\n');
    expect(urls.map((url) => new URL(url).password)).toEqual(admins);
  });

  test('passwords that cannot be read are not replaced in silence', () => {
    writeCredentials(folder.path, PLACES);
    rmSync(join(folder.path, 'master/passwords.json'));
    writeFileSync(join(folder.path, 'master/passwords.json'), '{');
    expect(() => writeCredentials(folder.path, PLACES)).toThrow(/passwords\.json cannot be read/);
    expect(read('master/passwords.json')).toBe('{');
  });
});

describe('writeDiscordSettings', () => {
  test('hands the token over, and points to the local Discord only when told to', () => {
    writeDiscordSettings(folder.path, { token: 'local', apiUrl: 'http://discord:3000/api' });
    expect(read('bot/discord_token')).toBe('local');
    expect(read('bot/settings.env')).toBe('DISCORD_API_URL=http://discord:3000/api\n');
    writeDiscordSettings(folder.path, { token: 'a.b.c' });
    expect(read('bot/discord_token')).toBe('a.b.c');
    expect(read('bot/settings.env')).toBe('');
  });

  test('a token that was taken away is not kept', () => {
    writeDiscordSettings(folder.path, { token: 'a.b.c' });
    writeDiscordSettings(folder.path, { token: undefined });
    expect(existsSync(join(folder.path, 'bot/discord_token'))).toBe(false);
  });
});
