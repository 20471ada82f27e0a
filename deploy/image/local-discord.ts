/*
 * The dev profile's stand-in for Discord: gateway, REST and the chat page on one port, with its world on a volume.
 */

import chatPage from '../../dev/discord/page/index.html';
import { startLocalDiscord } from '../../dev/discord/src/local-discord';

const local = await startLocalDiscord({
  hostname: '0.0.0.0',
  port: 3000,
  // What the bot calls it; browsers come through a port of 127.0.0.1.
  allowedHosts: ['discord'],
  stateFile: '/data/world.sqlite',
  token: 'local',
  routes: { '/': chatPage },
});
process.stdout.write(`Local Discord at ${local.url}\n`);

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, async () => {
    await local.stop();
    process.exit(0);
  });
}
