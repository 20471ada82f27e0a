import { describe, expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../compose/engine';
import { readComposeFile } from '../testing/compose-file';

const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8');
const lines = text
  .replace(/\\\n/g, ' ')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '' && !line.startsWith('#'));
const all = (instruction: string) =>
  lines
    .filter((line) => line.startsWith(`${instruction} `))
    .map((line) => line.slice(instruction.length + 1));

function imageCommands(): Promise<string> {
  const child = Bun.spawn([process.execPath, join(ROOT, 'deploy/image/main.ts'), '--help'], {
    stdout: 'pipe',
  });
  return new Response(child.stdout).text();
}

describe('Dockerfile', () => {
  test("pins Bun's minor version, which is the one this project is developed with", () => {
    const pinned = /^ARG BUN_IMAGE=oven\/bun:(\d+\.\d+)-slim$/m.exec(text)?.[1];
    const packages = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(packages.devDependencies['bun-types']).toStartWith(`${pinned}.`);
    for (const from of all('FROM')) expect(from).toMatch(/^(\$\{BUN_IMAGE\}|runtime|packages)( AS [\w-]+)?$/);
  });

  test('installs what the lock file says, for production, and of dev nothing', () => {
    const installs = all('RUN').filter((run) => run.includes('"install"'));
    // One for the image, and one for what the chat page needs, which is in the local Discord's alone.
    expect(installs).toHaveLength(2);
    for (const install of installs)
      for (const flag of ['--frozen-lockfile', '--production']) expect(install).toContain(flag);
    for (const name of ['chaos', 'embedded', 'local-discord', 'setup', 'supervisor', 'testing'])
      expect(installs[0]).not.toContain(`@popple/${name}`);
    const [image = '', page = ''] = text.split(' AS page-packages');
    expect(image).toContain(installs[0] ?? '');
    expect(page).toContain(installs[1] ?? '');
    for (const [copied] of image.matchAll(/^COPY dev.*/gm))
      expect(copied).toMatch(/^COPY dev\/\w+\/package.json /);
  });

  test('needs no shell: everything is run directly', () => {
    for (const instruction of ['RUN', 'ENTRYPOINT', 'CMD']) {
      for (const value of all(instruction)) expect(value).toStartWith('[');
    }
    for (const check of all('HEALTHCHECK')) expect(check).toContain('CMD ["bun", ');
  });

  test('is not root, and says what it is', () => {
    expect(all('USER')).toEqual(['1000:1000']);
    for (const label of ['title', 'description', 'licenses', 'version', 'revision']) {
      expect(text).toContain(`org.opencontainers.image.${label}=`);
    }
  });

  test('starts the local Discord with options that it has', () => {
    const [, entrypoint = []] = all('ENTRYPOINT').map((value): string[] => JSON.parse(value));
    const [, options = []] = all('CMD').map((value): string[] => JSON.parse(value));
    const [program = '', ...more] = entrypoint.slice(1);
    expect(all('COPY')).toContain('dev/discord/src dev/discord/src');
    const { exitCode, stdout } = Bun.spawnSync([
      process.execPath,
      join(ROOT, program),
      ...more,
      ...options,
      '--help',
    ]);
    expect({ exitCode, usage: stdout.toString() }).toEqual({
      exitCode: 0,
      usage: expect.stringContaining(program),
    });
  });

  test('copies every workspace that the parts use', () => {
    for (const workspace of ['bot', 'svc', 'shared', 'db', 'cli'])
      expect(all('COPY')).toContain(`${workspace} ${workspace}`);
  });

  test('every workspace is known to the install, or the lock file would not fit', () => {
    const { workspaces } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      workspaces: string[];
    };
    for (const workspace of workspaces)
      expect(all('COPY')).toContain(`${workspace}/package.json ${workspace}/`);
  });
});

describe("the image's commands", () => {
  test('include what compose.yaml runs', async () => {
    const help = await imageCommands();
    for (const [name, { image, command }] of Object.entries(readComposeFile().services)) {
      if (!image.includes('popple:') || name === 'tools') continue;
      expect(help).toContain(`  ${command?.[0]} `);
    }
  });

  test('are programs that are there', () => {
    const source = readFileSync(join(ROOT, 'deploy/image/main.ts'), 'utf8');
    const programs = [...source.matchAll(/import\('([^']+)'\)/g)].map((match) => match[1] ?? '');
    expect(programs.length).toBeGreaterThan(5);
    for (const program of programs)
      expect(Bun.resolveSync(program, join(ROOT, 'deploy/image'))).toEndWith('.ts');
  });

  test('an unknown one is refused with the list of those that exist', () => {
    const { exitCode, stderr } = Bun.spawnSync([
      process.execPath,
      join(ROOT, 'deploy/image/main.ts'),
      'nothing',
    ]);
    expect(exitCode).toBe(2);
    expect(stderr.toString()).toContain('There is no command nothing.');
    expect(stderr.toString()).toContain('migrate');
  });
});

describe('health check', () => {
  const check = (port: number, path?: string) =>
    Bun.spawn(
      [process.execPath, join(ROOT, 'deploy/image/health.ts'), ...(path === undefined ? [] : [path])],
      {
        env: { HTTP_PORT: String(port) },
        stdout: 'pipe',
      },
    );

  test('is as ready as the part says it is', async () => {
    let status = 200;
    using server = Bun.serve({
      hostname: '127.0.0.1',
      port: 0,
      fetch: (request) => new Response(new URL(request.url).pathname, { status }),
    });
    const ready = check(server.port ?? 0);
    expect(await ready.exited).toBe(0);
    expect(await new Response(ready.stdout).text()).toBe('/readyz');
    expect(await check(server.port ?? 0, '/other').exited).toBe(0);
    status = 503;
    expect(await check(server.port ?? 0).exited).toBe(1);
    const { port = 0 } = server;
    await server.stop(true);
    expect(await check(port).exited).toBe(1);
  });
});
