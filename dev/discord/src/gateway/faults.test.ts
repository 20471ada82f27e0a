import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { GatewayCloseCodes } from 'discord-api-types/v10';
import type { LocalDiscord } from '../local-discord';
import { firstPlace, type GatewayClient, QUICK, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

/** What is said while a client is away is heard after it came back by itself. */
async function expectNothingMissed(discord: LocalDiscord, client: GatewayClient): Promise<void> {
  const { channelId, authorId } = firstPlace(discord);
  const before = client.heard().length;
  discord.world.say({ channelId, authorId, content: 'meanwhile' });
  await until(() => client.heard().length > before, 'hearing what was said meanwhile');
  expect(client.contents().slice(before)).toEqual(['meanwhile']);
}

test('closed with a resumable code, the library resumes', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.close('all', GatewayCloseCodes.UnknownError);
  await expectNothingMissed(discord, client);
  expect(client.readyCount).toEqual({ ready: 1, resumed: 1 });
  expect(client.closeCodes).toEqual([GatewayCloseCodes.UnknownError]);
});

test('one session can be struck while the others go on', async () => {
  const discord = await stage.discord();
  const struck = await stage.connected(discord);
  const spared = await stage.connected(discord);
  discord.faults.gateway.close(struck.sessions.get(0)?.sessionId ?? '', GatewayCloseCodes.UnknownError);
  await until(() => struck.readyCount.resumed === 1);
  expect(spared.closeCodes).toEqual([]);
});

test('a dropped connection is resumed', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.dropConnections();
  await expectNothingMissed(discord, client);
  expect(client.readyCount).toEqual({ ready: 1, resumed: 1 });
});

test('told to reconnect (op 7), the library resumes', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.sendReconnect();
  await expectNothingMissed(discord, client);
  expect(client.readyCount).toEqual({ ready: 1, resumed: 1 });
  expect(client.closeCodes).toEqual([4200]);
});

test('an invalid session that is resumable (op 9, true) is resumed on the same connection', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.invalidSession(true);
  await expectNothingMissed(discord, client);
  expect(client.readyCount).toEqual({ ready: 1, resumed: 1 });
  expect(client.closeCodes).toEqual([]);
});

test('an invalid session that is not (op 9, false) is followed by a new one', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.invalidSession(false);
  await until(() => client.readyCount.ready === 2);
  expect(discord.records.resumes).toEqual([]);
});

test('a forgotten session is followed by a fresh one', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.forgetSessions();
  expect(client.closeCodes).toEqual([]);
  discord.faults.gateway.dropConnections();
  await until(() => client.readyCount.ready === 2);
  expect(discord.records.resumes.map((record) => record.outcome)).toEqual(['invalid-session']);
});

test('a resume can be refused', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.refuseResume();
  discord.faults.gateway.close('all', GatewayCloseCodes.UnknownError);
  await until(() => client.readyCount.ready === 2);
  expect(discord.records.resumes.map((record) => record.outcome)).toEqual(['invalid-session']);
});

test('a zombie is noticed by its missing heartbeat acks, and resumed with what it missed', async () => {
  const discord = await stage.discord({ ...QUICK, heartbeatIntervalMs: 100 });
  const { channelId, authorId } = firstPlace(discord);
  const client = await stage.connected(discord);
  discord.faults.gateway.silence();
  discord.world.say({ channelId, authorId, content: 'into the void' });
  await Bun.sleep(50);
  expect(client.heard()).toHaveLength(0);
  await until(() => client.readyCount.resumed === 1);
  expect(client.contents()).toEqual(['into the void']);
});

test('a refused connection is tried again', async () => {
  const discord = await stage.discord();
  const client = await stage.connected(discord);
  discord.faults.gateway.refuseConnections(2);
  discord.faults.gateway.close('all', GatewayCloseCodes.UnknownError);
  await until(() => client.readyCount.ready + client.readyCount.resumed === 2);
  expect(discord.faults.gateway.takeRefusedConnection()).toBe(false);
});

test('faults that have not struck yet can be cleared', async () => {
  const discord = await stage.discord();
  discord.faults.gateway.refuseConnections(5);
  discord.faults.gateway.refuseResume(5);
  discord.faults.clear();
  const client = await stage.connected(discord);
  discord.faults.gateway.close('all', GatewayCloseCodes.UnknownError);
  await until(() => client.readyCount.resumed === 1);
});

test('a client that goes silent is closed with 4009', async () => {
  const discord = await stage.discord({ ...QUICK, heartbeatIntervalMs: 30 });
  const socket = new WebSocket(`${discord.url.replace('http', 'ws')}/gateway?v=10&encoding=json`);
  const code = await new Promise<number>((resolve) => {
    socket.onclose = (event) => resolve(event.code);
  });
  expect(code).toBe(GatewayCloseCodes.SessionTimedOut);
});
