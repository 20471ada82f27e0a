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
import { type Deployment, localDiscord } from './deployment';
import { Compose, EngineError, execute, succeeds } from './engine';
import { HELP, parseOptions } from './options';
import { runSmokeTest } from './smoke-test';

const print = (line: string) => process.stdout.write(`${line}\n`);

interface BuiltDeployment extends Deployment {
  images: readonly string[];
}

async function prepare(files: readonly string[]): Promise<BuiltDeployment> {
  if (!(await succeeds(['docker', 'compose', 'version'])) || !(await succeeds(['docker', 'version']))) {
    throw new EngineError(
      'no Docker engine with Compose is available; start it, or run this where there is one',
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
async function cleanUp({ compose, images, backupFile }: BuiltDeployment): Promise<string[]> {
  rmSync(backupFile, { force: true });
  await compose.run('down', '--volumes', '--remove-orphans', '--timeout', '15');
  for (const image of images) await succeeds(['docker', 'image', 'rm', image]);
  const left = await compose.leftovers();
  return left.length > 0 ? [`left behind: ${left.join(', ')}`] : [];
}

async function runOn(built: BuiltDeployment, timeline: Timeline): Promise<string[]> {
  const { compose, images } = built;
  timeline.note(`project ${built.project}: building`);
  await compose.run('build');
  for (const image of images) timeline.note(`built ${image}: ${await imageSizeMb(image)} MB`);
  await compose.run('up', '-d', '--wait');
  timeline.note('up from nothing, all healthy');
  return runSmokeTest(built, (what) => timeline.note(what));
}

/** What the containers said last, for who wants to know why. */
async function lastLogs({ compose }: BuiltDeployment): Promise<string> {
  return compose.run('logs', '--no-color', '--tail', '25').catch((error: unknown) => String(error));
}

async function run(): Promise<number> {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const built = await prepare(options.files);
  const timeline = new Timeline((happening) => print(formatHappening(happening)));
  const end = async (): Promise<string[]> => {
    if (options.keep) {
      print(`left running: docker compose -p ${built.project} ps`);
      return [];
    }
    const findings = await cleanUp(built);
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
    findings = await runOn(built, timeline);
  } catch (error) {
    findings = [error instanceof EngineError ? error.message : Bun.inspect(error)];
  }
  if (interrupted) return new Promise(() => {});
  if (findings.length > 0) print(await lastLogs(built));
  findings.push(...(await end()));
  for (const finding of findings) print(styleText('red', `✗ ${finding}`));
  if (findings.length === 0) print(styleText('green', '✓ every total and every reply is exact'));
  return findings.length === 0 ? 0 : 1;
}

try {
  process.exit(await run());
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
