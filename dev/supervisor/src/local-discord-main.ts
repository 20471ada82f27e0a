/*
 * The local Discord as a process of its own, so that an edit of it, or a crash, restarts it alone. It is told by the
 * environment what to do, and tells in one line of JSON where it is: the supervisor waits for that line.
 */

import { freePortFrom, isPortFree } from '@popple/embedded/free-port';
import { startLocalDiscord } from '@popple/local-discord/local-discord';
import chatPage from '@popple/local-discord/page/index.html';
import { z } from 'zod';

const environment = z
  .object({
    LOCAL_DISCORD_PORT: z.coerce.number().int().positive(),
    /** The port is the one it had before, which the bot and open chat pages know: no other will do. */
    LOCAL_DISCORD_PORT_EXACT: z.enum(['yes', 'no']),
    LOCAL_DISCORD_STATE: z.string().min(1),
    LOCAL_DISCORD_TOKEN: z.string().min(1),
  })
  .parse(process.env);

async function choosePort(): Promise<number> {
  const wanted = environment.LOCAL_DISCORD_PORT;
  if (environment.LOCAL_DISCORD_PORT_EXACT === 'no') return freePortFrom(wanted);
  if (await isPortFree(wanted)) return wanted;
  throw new Error(`port ${wanted} has been taken by another program`);
}

const local = await startLocalDiscord({
  port: await choosePort(),
  stateFile: environment.LOCAL_DISCORD_STATE,
  token: environment.LOCAL_DISCORD_TOKEN,
  routes: { '/': chatPage },
  development: true,
});
process.stdout.write(`${JSON.stringify({ localDiscord: { url: local.url, apiUrl: local.apiUrl } })}\n`);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, async () => {
    if (stopping) return;
    stopping = true;
    await local.stop();
    process.exit(0);
  });
}
