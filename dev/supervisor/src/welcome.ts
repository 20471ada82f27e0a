import { relative } from 'node:path';
import type { DevOptions, Started } from './start';

const readyPatienceMs = 30_000;

/**
 * Waits until bot and svc can do their work (or have failed, or 30 s), and prints where the chat page is, how
 * to stop, where the data is, and what does not work yet.
 */
export async function welcome(o: DevOptions, started: Started): Promise<void> {
  const services = [started.svc, started.bot];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise((resolve) => {
    timer = setTimeout(resolve, readyPatienceMs);
  });
  await Promise.race([Promise.all(services.map((service) => service.firstOutcome)), patience]);
  clearTimeout(timer);
  if (o.interruption.signal.aborted) return;
  const late = services.filter((service) => service.problem() !== undefined);
  const isConnected = started.bot.problem() === undefined;
  const where =
    started.chatUrl === undefined
      ? `${isConnected ? 'It is connected' : 'It connects'} to Discord: write to it in a server it is a member of.`
      : `Chat with it:  ${started.chatUrl}`;
  o.screen.box([
    late.length === 0 ? 'Popple is running.' : 'Popple is started, but not all of it works yet:',
    ...late.map((service) => `  ${service.name}: ${service.problem()} (see above)`),
    where,
    'Stop it:       Ctrl-C',
    ...started.folders.shown.map((place, n) => `${(n === 0 ? 'Its data:' : '').padEnd(15)}${place}`),
    `Its servers:   ${relative(o.root, started.folders.addresses)}`,
    'Start over:    bun run dev --fresh',
  ]);
}
