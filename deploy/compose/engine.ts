import { join } from 'node:path';
import { z } from 'zod';

export const ROOT = join(import.meta.dir, '../..');

const SHOWN_LINES = 30;

/** A command of the container engine failed; the message ends with its last lines. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

export interface ComposeProject {
  name: string;
  /** Compose files, the first being the project's own. */
  files: readonly string[];
  profiles: readonly string[];
  /** Added to this process' environment: what compose.yaml takes from there. */
  env: Readonly<Record<string, string>>;
}

const containerSchema = z.object({
  ID: z.string(),
  Name: z.string(),
  Service: z.string(),
  State: z.string(),
  Health: z.string(),
});

/** A container as `docker compose ps` reports it. */
export type Container = z.infer<typeof containerSchema>;

/** Files in place of a program's standard input and output. */
export interface Redirection {
  /** Path of the file that it reads; nothing when left out. */
  from?: string;
  /** Path of the file that it writes; what it writes is returned when left out. */
  into?: string;
}

/** Runs a program to its end and returns what it wrote. @throws EngineError when it fails. */
export async function execute(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { from, into }: Redirection = {},
): Promise<string> {
  const child = Bun.spawn([...command], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdin: from === undefined ? 'ignore' : Bun.file(from),
    stdout: into === undefined ? 'pipe' : Bun.file(into),
    stderr: 'pipe',
  });
  const [stdout, stderr, code] = await Promise.all([
    child.stdout instanceof ReadableStream ? new Response(child.stdout).text() : '',
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code === 0) return stdout;
  const words = `${stdout}\n${stderr}`.trim().split('\n').slice(-SHOWN_LINES).join('\n');
  throw new EngineError(`${command.join(' ')} ended with ${code}:\n${words}`);
}

/** Whether a command succeeds; its output is ignored. */
export function succeeds(command: readonly string[]): Promise<boolean> {
  return execute(command).then(
    () => true,
    () => false,
  );
}

/** A compose project of its own, beside whatever else the engine runs. */
export class Compose {
  constructor(private readonly project: ComposeProject) {}

  /** Runs `docker compose` with these arguments in this project. */
  run(...args: string[]): Promise<string> {
    return this.redirect({}, ...args);
  }

  /** The same, reading from a file or writing into one. */
  redirect(redirection: Redirection, ...args: string[]): Promise<string> {
    const { name, files, profiles, env } = this.project;
    const options = [
      ...['--project-name', name, '--project-directory', ROOT, '--ansi', 'never', '--progress', 'quiet'],
      ...files.flatMap((file) => ['--file', file]),
      ...profiles.flatMap((profile) => ['--profile', profile]),
    ];
    return execute(['docker', 'compose', ...options, ...args], env, redirection);
  }

  /** The containers of a service that run, in the order of their numbers. */
  async containers(service?: string): Promise<Container[]> {
    const output = await this.run('ps', '--format', 'json', ...(service === undefined ? [] : [service]));
    return output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => containerSchema.parse(JSON.parse(line)))
      .sort((a, b) => a.Name.localeCompare(b.Name, 'en', { numeric: true }));
  }

  /** One container of a service. @throws EngineError when there is none with this place. */
  async container(service: string, index = 0): Promise<Container> {
    const container = (await this.containers(service))[index];
    if (container === undefined) throw new EngineError(`no container ${index + 1} of ${service} runs`);
    return container;
  }

  /** What is left of the project: names of containers, volumes and networks, stopped ones too. */
  async leftovers(): Promise<string[]> {
    const filter = `label=com.docker.compose.project=${this.project.name}`;
    const lists = await Promise.all([
      execute(['docker', 'ps', '--all', '--filter', filter, '--format', '{{.Names}}']),
      execute(['docker', 'volume', 'ls', '--filter', filter, '--format', '{{.Name}}']),
      execute(['docker', 'network', 'ls', '--filter', filter, '--format', '{{.Name}}']),
    ]);
    return lists.flatMap((list) => list.split('\n')).filter((name) => name !== '');
  }
}
