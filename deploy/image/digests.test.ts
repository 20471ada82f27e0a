import { afterAll, describe, expect, test } from 'bun:test';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '@popple/testing/temp-folder';
import { pinnedImage } from '../compose/base-image';
import { ROOT } from '../compose/engine';
import { readComposeFile } from '../testing/compose-file';
import { imageSchema, readManifests } from '../testing/manifests';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

const folder = tempFolder('digests');
afterAll(() => folder.remove());

/** Runs the script with an engine that gives every image the same answer, and writes down what it was asked. */
function digests(answer: string, ...args: string[]) {
  const docker = join(folder.path, 'docker');
  writeFileSync(
    docker,
    `#!/bin/sh\necho "$*" >> ${folder.path}/asked\n[ "$1" = pull ] || echo "${answer}"\n`,
  );
  chmodSync(docker, 0o755);
  const { exitCode, stdout, stderr } = Bun.spawnSync(['sh', join(ROOT, 'deploy/image/digests.sh'), ...args], {
    env: { ...process.env, PATH: `${folder.path}:${process.env.PATH}` },
  });
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

/** compose.yaml's images that others make, by the variable that overrides each. */
const overridable = new Map(
  Object.values(readComposeFile().services)
    .flatMap(({ image }) => [/^\$\{(\w+_IMAGE):-(.+)\}$/.exec(image)])
    .map((match) => [match?.[1] ?? '', match?.[2] ?? ''] as const),
);

describe('compose.yaml', () => {
  test('every image can be another, such as one by its digest, and has a version by default', () => {
    for (const [variable, image] of overridable) {
      expect(variable).not.toBe('');
      expect(image).toMatch(/:[^:]*\d/);
    }
  });

  test('the script prints all of them by their digests, as .env takes them', () => {
    const { exitCode, stdout } = digests(`whatever@${DIGEST}`);
    expect(exitCode).toBe(0);
    const printed = new Map(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );
    const expected = [...overridable].filter(([variable]) => !variable.startsWith('POPPLE_'));
    expected.push(['BUN_IMAGE', pinnedImage()]);
    expect([...printed].sort()).toEqual(
      expected.map(([variable, image]) => [variable, `${image}@${DIGEST}`] as [string, string]).sort(),
    );
  });

  test('an image without a digest is an error, not a line without one', () => {
    const { exitCode, stdout, stderr } = digests('');
    expect(exitCode).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('gives no digest');
  });
});

describe('deploy/kubernetes', () => {
  test('the script prints what kustomize takes, for the images of the manifests', () => {
    const { stdout } = digests(`whatever@${DIGEST}`, '--kustomize');
    const entries = imageSchema.array().parse(Bun.YAML.parse(stdout));
    const used = JSON.stringify(readManifests()).match(/"image":"([^"]+):[^"]+"/g) ?? [];
    const names = new Set(used.map((text) => /"image":"([^"]+):/.exec(text)?.[1] ?? ''));
    expect(new Set(entries.map(({ name }) => name))).toEqual(names);
    for (const entry of entries) expect(entry).toMatchObject({ digest: DIGEST });
  });

  test.each([
    [{ name: 'popple', newName: 'registry.example/popple', newTag: '0.1.0' }, true],
    [{ name: 'popple', newName: 'registry.example/popple', digest: DIGEST }, true],
    [{ name: 'nats', digest: DIGEST }, true],
    [{ name: 'nats', newTag: 'latest' }, false],
    [{ name: 'nats', digest: 'sha256:0123' }, false],
    [{ name: 'nats' }, false],
  ])('%j is accepted: %p', (entry, accepted) => {
    expect(imageSchema.safeParse(entry).success).toBe(accepted);
  });
});
