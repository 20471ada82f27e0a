import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { GatewayDispatchEvents } from 'discord-api-types/v10';
import { CHAT_INTENTS, firstPlace, QUICK, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

const HANDSHAKE = [
  'GET /gateway?v=10&encoding=json HTTP/1.1',
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  `Sec-WebSocket-Key: ${btoa('0123456789abcdef')}`,
  '\r\n',
].join('\r\n');

/** A text frame as a client sends it, with a mask of zeros. */
function frame(value: unknown): Uint8Array {
  const text = Buffer.from(JSON.stringify(value));
  const header = Buffer.from([0x81, 0x80 | 126, text.length >> 8, text.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([header, text]);
}

test('a client that stops reading is cut off before it costs too much memory, and the others go on', async () => {
  const discord = await stage.discord();
  const { channelId, authorId } = firstPlace(discord);
  const other = await stage.connected(discord);
  const identify = { op: 2, d: { token: 'local', intents: CHAT_INTENTS, properties: {} } };
  const stuck = await Bun.connect({
    hostname: '127.0.0.1',
    port: discord.port,
    socket: { data: () => undefined },
  });
  stuck.write(HANDSHAKE);
  stuck.write(frame(identify));
  await until(() => discord.records.identifies.length === 2);
  stuck.pause();
  const sessionId = discord.records.identifies[1]?.sessionId;

  const content = 'x'.repeat(100_000);
  let said = 0;
  const isConnected = () => sessions().find((session) => session.id === sessionId)?.connected ?? false;
  const sessions = () => discord.sessions();
  while (isConnected() && said < 2000) {
    discord.world.say({ channelId, authorId, content });
    if (++said % 10 === 0) await Bun.sleep(1);
  }
  expect(isConnected()).toBe(false);
  await until(() => other.heard().length === said);
  stuck.terminate();
});

test('a shard of 2,500 guilds is welcomed in full', async () => {
  const discord = await stage.discord({ ...QUICK, seed: 'empty' });
  for (let n = 0; n < 2500; n++) {
    const guild = discord.world.addGuild({ name: `Server ${n}` });
    for (let m = 0; m < 20; m++) discord.world.addChannel({ guildId: guild.id, name: `channel ${m}` });
  }
  const client = await stage.connected(discord);
  await until(() => client.of(GatewayDispatchEvents.GuildCreate).length === 2500);
});
