import { join } from 'node:path';
import { DEPLOY } from './deploy-folder';

/**
 * Runs the script of deploy/kubernetes that makes a cluster's password and certificates, for the given servers or else those
 * of the manifests.
 * @throws Error with what openssl said.
 */
export function makeRouteCredentials(folder: string, hosts: readonly string[] = []): void {
  const script = join(DEPLOY, 'kubernetes/route-credentials.sh');
  const { exitCode, stderr } = Bun.spawnSync(['sh', script, folder, ...hosts]);
  if (exitCode !== 0) throw new Error(`route-credentials.sh failed: ${stderr.toString()}`);
}
