import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { ChromiumMissingError, chromiumForTests } from './chromium';
import { ChromiumVariableError, findChromium } from './chromium-find';
import { ChromiumInstallError } from './chromium-install';

let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'popple-chromium-'));
});

afterAll(async () => {
  await rm(home, { recursive: true, force: true });
});

async function program(path: string, script = '#!/bin/sh\necho Chromium 150.0.1\n'): Promise<string> {
  const full = join(home, path);
  await mkdir(dirname(full), { recursive: true });
  await writeFile(full, script);
  await chmod(full, 0o755);
  return full;
}

/** Where this machine's own browser must not answer, a platform without usual places on Linux is played. */
const find = (env: Record<string, string | undefined>) =>
  findChromium({
    env: { PLAYWRIGHT_BROWSERS_PATH: join(home, 'no-cache'), ...env },
    platform: 'freebsd',
    home,
  });

describe.skipIf(process.platform === 'win32')('finding Chromium', () => {
  test('a variable goes before the PATH, CHROMIUM_BIN before CHROME_BIN', async () => {
    const mine = await program('mine/browser');
    const other = await program('other/browser');
    const listed = await program('bin-a/chromium');
    const PATH = dirname(listed);
    expect(await find({ CHROMIUM_BIN: mine, CHROME_BIN: other, PATH })).toBe(mine);
    expect(await find({ CHROMIUM_BIN: '', CHROME_BIN: other, PATH })).toBe(other);
    expect(await find({ PATH })).toBe(listed);
  });

  test('one without windows is preferred to a whole one that comes before it', async () => {
    const whole = await program('bin-e/chromium');
    const headless = await program('bin-f/chromium-headless-shell');
    expect(await find({ PATH: [dirname(whole), dirname(headless)].join(delimiter) })).toBe(headless);
  });

  test('a variable that names no program is an error that says which variable', async () => {
    const listed = await program('bin-b/chromium');
    const attempt = find({ CHROME_BIN: join(home, 'typo'), PATH: dirname(listed) });
    await expect(attempt).rejects.toThrow(ChromiumVariableError);
    await expect(attempt).rejects.toThrow(/CHROME_BIN is set to .*typo/);
  });

  test('a stub that cannot say its version is passed over', async () => {
    const stub = await program('bin-c/chromium', '#!/bin/sh\necho install the snap >&2\nexit 1\n');
    const real = await program('bin-d/google-chrome');
    expect(await find({ PATH: [dirname(stub), dirname(real)].join(delimiter) })).toBe(real);
  });

  test("the newest of Playwright's cache is found when nothing else is", async () => {
    await program('cache/chromium-900/chrome-linux/chrome');
    const newer = await program('cache/chromium-1200/chrome-linux64/chrome');
    await program('cache/firefox-2000/firefox/firefox');
    const env = { PLAYWRIGHT_BROWSERS_PATH: join(home, 'cache'), PATH: '' };
    expect(await find(env)).toBe(newer);
  });
});

describe('tests without a browser', () => {
  const missing = () => Promise.reject(new ChromiumMissingError('none here'));

  test('are skipped loudly outside CI', async () => {
    const said: string[] = [];
    expect(await chromiumForTests(missing, {}, (line) => said.push(line))).toBeUndefined();
    expect(said.join()).toContain('SKIPPED');
    expect(said.join()).toContain('none here');
  });

  test('fail in CI', async () => {
    await expect(chromiumForTests(missing, { CI: 'true' }, () => {})).rejects.toThrow('none here');
  });

  test('are skipped outside CI with what apt said, when that could not install one', async () => {
    const offline = () => Promise.reject(new ChromiumInstallError('apt said no'));
    const said: string[] = [];
    expect(await chromiumForTests(offline, { CI: '' }, (line) => said.push(line))).toBeUndefined();
    expect(said.join()).toContain('apt said no');
    await expect(chromiumForTests(offline, { CI: '1' }, () => {})).rejects.toThrow('apt said no');
  });

  test('fail anywhere when a variable names a browser that is not there', async () => {
    const typo = () => Promise.reject(new ChromiumVariableError('CHROME_BIN is set to x'));
    await expect(chromiumForTests(typo, {}, () => {})).rejects.toThrow('CHROME_BIN is set to x');
  });
});
