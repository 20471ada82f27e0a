import { affectedBy } from './affected';
import { migrate } from './migrate';
import type { DevOptions, Started } from './start';

/** Restarts the services that the changed files (relative to the checkout) are service of. Never raises. */
export async function applyEdit(o: DevOptions, files: readonly string[], started: Started): Promise<void> {
  const affected = affectedBy(files);
  const names = (['bot', 'svc', 'discord'] as const).filter((name) => affected[name] && started[name]);
  const [first, ...others] = files;
  const what = `${first}${others.length > 0 ? ` and ${others.length} more` : ''} changed`;
  if (affected.install)
    o.screen.say('bun.lock changed: stop with Ctrl-C and run "bun run dev" again to install');
  if (names.length > 0) o.screen.say(`${what}: restarting ${names.join(' and ')}`);
  if (affected.migrate) {
    try {
      await migrate(o, started.addresses);
      o.screen.done('database migrated');
    } catch {
      o.screen.problem('the migrations failed: svc goes on as it is until they are edited again');
      if (affected.bot) started.bot.edited();
      return;
    }
  }
  for (const name of names) started[name]?.edited();
}
