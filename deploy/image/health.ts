/*
 * The container's health check, without a shell: asks this container's own probe. Ready is healthy: a part that cannot
 * do its work now is shown as unhealthy, with the reason, while it goes on trying.
 */
import { argv, env } from 'node:process';

const TIMEOUT_MS = 4_000;

const port = env.HTTP_PORT || '8080';
const path = argv[2] ?? '/readyz';
try {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  process.stdout.write(await response.text());
  process.exit(response.ok ? 0 : 1);
} catch (error) {
  process.stdout.write(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
