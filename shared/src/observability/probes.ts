import type { Registry } from 'prom-client';
import { OperatorError } from '../process/operator-error';
import { withDeadline } from '../process/with-deadline';

/** What must be usable for the part to do its work. `check` resolves to undefined, or to a sentence about what is wrong. */
export interface Dependency {
  name: string;
  check(): Promise<string | undefined>;
}

export interface ProbeOptions {
  host: string;
  /** 0 for any free one. */
  port: number;
  dependencies: readonly Dependency[];
  registry: Registry;
  /** How long one check may take before it counts as failed. */
  checkTimeoutMs?: number;
}

export interface Probes {
  url: string;
  stop(): Promise<void>;
}

async function checkInTime(dependency: Dependency, timeoutMs: number): Promise<string | undefined> {
  try {
    const late = () => new Error(`no answer within ${timeoutMs} ms`);
    return await withDeadline(dependency.check(), timeoutMs, late);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function readiness(dependencies: readonly Dependency[], timeoutMs: number): Promise<Response> {
  const results = await Promise.all(
    dependencies.map(async (dependency) => [
      dependency.name,
      (await checkInTime(dependency, timeoutMs)) ?? 'ok',
    ]),
  );
  const ready = results.every(([, state]) => state === 'ok');
  return Response.json({ ready, dependencies: Object.fromEntries(results) }, { status: ready ? 200 : 503 });
}

/**
 * Serves `/livez` (200 while the process runs its event loop), `/readyz` (200 only when every dependency is usable at
 * the moment of asking, else 503 and which is not) and `/metrics` (Prometheus text).
 * @throws OperatorError when the port is taken, naming the variable to change.
 */
export function serveProbes(options: ProbeOptions): Probes {
  const { host, port, dependencies, registry, checkTimeoutMs = 2_000 } = options;
  try {
    const server = Bun.serve({
      hostname: host,
      port,
      routes: {
        '/livez': () => new Response('ok\n'),
        '/readyz': () => readiness(dependencies, checkTimeoutMs),
        '/metrics': async () =>
          new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } }),
      },
      fetch: () => new Response('Not here. Try /livez, /readyz or /metrics.\n', { status: 404 }),
    });
    return { url: `http://${host}:${server.port}`, stop: () => server.stop(true) };
  } catch (error) {
    throw new OperatorError(
      `cannot listen on ${host}:${port}; set HTTP_PORT to a free port, or to 0 for any`,
      {
        cause: error,
      },
    );
  }
}
