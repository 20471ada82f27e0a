/*
 * `bun run test:compose`: the deployment, really built and run, with everything going wrong while members talk.
 */
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { freePort } from '@popple/embedded/free-port';
import { onStopSignals } from '@popple/shared/process/stop-signals';
import { formatHappening, Timeline } from '@popple/testing/timeline';
import { chooseBaseImage } from './base-image';
import { Compose, EngineError, execute, succeeds } from './engine';
import { HELP, parseOptions } from './options';
import { rehearse } from './rehearsal';
import { localDiscord, type Stage } from './stage';

const print = (line: string) => process.stdout.write(`${line}\n`);

interface Setting extends Stage {
  images: readonly string[];
}

async function prepare(files: readonly string[]): Promise<Setting> {
  if (!(await succeeds(['docker', 'compose', 'version'])) || !(await succeeds(['docker', 'version']))) {
    throw new EngineError(
      'no Docker engine with Compose answers here; start it, or run this where there is one',
    );
  }
  const project = `popple-test-${randomBytes(4).toString('hex')}`;
  const port = await freePort();
  const images = [`popple:${project}`, `popple-local-discord:${project}`];
  const [image = '', discordImage = ''] = images;
  const compose = new Compose({
    name: project,
    files,
    profiles: ['dev'],
    env: {
      BUN_IMAGE: await chooseBaseImage(),
      POPPLE_IMAGE: image,
      POPPLE_DISCORD_IMAGE: discordImage,
      CHAT_PORT: String(port),
    },
  });
  const backupFile = join(tmpdir(), `${project}.dump`);
  return { compose, project, images, backupFile, discord: localDiscord(port) };
}

async function imageSizeMb(image: string): Promise<number> {
  const bytes = await execute(['docker', 'image', 'inspect', '--format', '{{.Size}}', image]);
  return Math.round(Number(bytes) / 1_000_000);
}

/** Takes everything down and removes what was built; what could not be removed is a finding. */
async function cleanUp({ compose, images, backupFile }: Setting): Promise<string[]> {
  rmSync(backupFile, { force: true });
  await compose.run('down', '--volumes', '--remove-orphans', '--timeout', '15');
  for (const image of images) await succeeds(['docker', 'image', 'rm', image]);
  const left = await compose.leftovers();
  return left.length > 0 ? [`left behind: ${left.join(', ')}`] : [];
}

async function play(setting: Setting, timeline: Timeline): Promise<string[]> {
  const { compose, images } = setting;
  timeline.note(`project ${setting.project}: building`);
  await compose.run('build');
  for (const image of images) timeline.note(`built ${image}: ${await imageSizeMb(image)} MB`);
  await compose.run('up', '-d', '--wait');
  timeline.note('up from nothing, all healthy');
  return rehearse(setting, (what) => timeline.note(what));
}

/** What the containers said last, for who wants to know why. */
async function lastWords({ compose }: Setting): Promise<string> {
  return compose.run('logs', '--no-color', '--tail', '25').catch((error: unknown) => String(error));
}

async function run(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const setting = await prepare(options.files);
  const timeline = new Timeline((happening) => print(formatHappening(happening)));
  const end = async (): Promise<string[]> => {
    if (options.keep) {
      print(`left running: docker compose -p ${setting.project} ps`);
      return [];
    }
    const findings = await cleanUp(setting);
    timeline.note('down, with volumes and images');
    return findings;
  };
  let interrupted = false;
  onStopSignals(['SIGINT', 'SIGTERM'], {
    first: async () => {
      interrupted = true;
      print('\nstopping; once more to leave everything behind');
      await end().catch((error: unknown) => print(String(error)));
      process.exit(130);
    },
    again: () => process.exit(130),
  });
  let findings: string[] = [];
  try {
    findings = await play(setting, timeline);
  } catch (error) {
    findings = [error instanceof EngineError ? error.message : Bun.inspect(error)];
  }
  if (interrupted) return new Promise(() => {});
  if (findings.length > 0) print(await lastWords(setting));
  findings.push(...(await end()));
  for (const finding of findings) print(styleText('red', `✗ ${finding}`));
  if (findings.length === 0) print(styleText('green', '✓ every total and every answer is exact'));
  return findings.length === 0 ? 0 : 1;
}

try {
  process.exit(await run());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
