import { LocalDiscordControl } from '@popple/local-discord/local/control-client';
import { holdsInTime } from '@popple/testing/until';
import { type Compose, type Container, EngineError, execute } from './engine';

const HEALTHY_WITHIN_MS = 120_000;
const LOOK_EVERY_MS = 500;

/** What a smoke test uses. */
export interface Deployment {
  compose: Compose;
  discord: LocalDiscordControl;
  /** Where a backup of the database is put. */
  backupFile: string;
  /** The project's name, with which its networks' names begin. */
  project: string;
}

/** Where the dev profile publishes the local Discord. */
export function localDiscord(port: number): LocalDiscordControl {
  return new LocalDiscordControl(`http://127.0.0.1:${port}`);
}

/** Resolves when every container of the project that should run is healthy. @throws EngineError after two minutes. */
export async function allHealthy({ compose }: Deployment): Promise<void> {
  let sick: Container[] = [];
  const isHealthy = await holdsInTime(
    async () => {
      const containers = await compose.containers();
      sick = containers.filter(({ State, Health }) => State !== 'running' || Health !== 'healthy');
      return sick.length === 0;
    },
    { withinMs: HEALTHY_WITHIN_MS, everyMs: LOOK_EVERY_MS },
  );
  if (isHealthy) return;
  const names = sick.map(({ Name, State, Health }) => `${Name} (${State}, ${Health})`).join(', ');
  throw new EngineError(`not healthy after ${HEALTHY_WITHIN_MS / 1_000} s: ${names}`);
}

/** Kills a container as a crash would, and starts it again a moment later, as an orchestrator would. */
export async function crash({ ID }: Container, downMs: number): Promise<void> {
  await execute(['docker', 'kill', '--signal=KILL', ID]);
  await Bun.sleep(downMs);
  await execute(['docker', 'start', ID]);
}

/** Takes a container off the network of NATS for a while: its connections stay open, and nothing comes through. */
export async function partition(
  deployment: Deployment,
  { ID, Service }: Container,
  forMs: number,
): Promise<void> {
  const network = `${deployment.project}_bus`;
  await execute(['docker', 'network', 'disconnect', network, ID]);
  await Bun.sleep(forMs);
  await execute(['docker', 'network', 'connect', '--alias', Service, network, ID]);
}

/** Runs a program of one line in a container; whether it ended well. There is no shell to run anything else with. */
export function runsInside({ compose }: Deployment, service: string, script: string): Promise<boolean> {
  return compose.run('exec', '-T', service, 'bun', '-e', script).then(
    () => true,
    () => false,
  );
}
