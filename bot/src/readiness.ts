import type { Values } from '@popple/shared/config/environment';
import { registry } from '@popple/shared/observability/metrics';
import { serveProbes } from '@popple/shared/observability/probes';
import type { COMMON_VARIABLES, Runner } from '@popple/shared/process/runner';

/** Resolves to what is wrong with a dependency; to undefined when it is usable. */
type Check = () => Promise<string | undefined>;

/** What `/readyz` reports until there is something to check. */
const NOT_YET = {
  nats: 'not tried before Discord answers',
  gateway: 'Discord has not answered yet',
  requests: undefined,
  replies: undefined,
} as const;

type Dependency = keyof typeof NOT_YET;

/** The checks of what bot depends on, which come one by one while it starts. */
export class Readiness {
  readonly #checks = new Map<Dependency, Check>();

  /** Serves probes and metrics until the process ends. @throws Error when the port is taken. */
  static serve(
    runner: Pick<Runner, 'log' | 'defer'>,
    { HTTP_HOST: host, HTTP_PORT: port }: Values<typeof COMMON_VARIABLES>,
  ): Readiness {
    const readiness = new Readiness();
    const names = Object.keys(NOT_YET) as Dependency[];
    const dependencies = names.map((name) => ({ name, check: () => readiness.#check(name) }));
    const probes = serveProbes({ host, port, registry, dependencies });
    runner.defer('stop serving probes', () => probes.stop());
    runner.log.info(`probes and metrics at ${probes.url}`);
    return readiness;
  }

  /** From now on, a dependency is checked so. */
  set(name: Dependency, check: Check): void {
    this.#checks.set(name, check);
  }

  async #check(name: Dependency): Promise<string | undefined> {
    const check = this.#checks.get(name);
    return check === undefined ? NOT_YET[name] : await check();
  }
}
