import { runToEnd } from './program';
import type { Screen } from './screen';
import { type Addresses, svcEnvironment } from './service-environment';

/** Applies the migrations, by the program that `bun run db:migrate` runs. Raises an Error when it fails. */
export function migrate(
  o: { root: string; env: Record<string, string | undefined>; screen: Screen },
  addresses: Addresses,
): Promise<void> {
  return runToEnd({
    root: o.root,
    program: 'cli/src/migrate/main.ts',
    env: svcEnvironment(o.env, addresses),
    onLine: (line) => o.screen.log('db', line),
  });
}
