import { afterEach, expect, test } from 'bun:test';
import { changeSettings } from '@popple/local-discord/settings';
import type { Interaction } from '@popple/local-discord/world/interaction';
import type { Event } from '@popple/shared/contract/event';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { encode } from '@popple/shared/messaging/codec';
import { eventSubject } from '@popple/shared/messaging/subjects';
import { STREAMS } from '@popple/shared/messaging/topology';
import { silentLog } from '@popple/shared/observability/log';
import { ApplicationCommandType, InteractionResponseType, InteractionType } from 'discord.js';
import { InteractionApi } from '../interactions/interaction-api';
import { ReplyMemory } from './reply-memory';
import { type Replying, replying } from './testing/replying';
import { Turns } from './turns';

let bot: Replying;
afterEach(() => bot.stop());

const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

async function remembered(): Promise<number> {
  let count = 0;
  for await (const _key of await bot.bucket.keys()) count += 1;
  return count;
}

test('what is too old is acked, and nobody is told that it was attempted', async () => {
  bot = await replying();
  const channel = bot.channel(0);
  await bot.publish(names(50).map((name) => bot.ask(channel, name)));
  bot.start({ maxAgeMs: -1 });
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  expect(bot.said(channel)).toEqual([]);
  expect(await remembered()).toBe(0);
});

test('a flood that is shed is logged once a server, not once a reply', async () => {
  bot = await replying();
  const [one, other] = [bot.channel(0), bot.channel(1)];
  await bot.publish([...names(20).map((name) => bot.ask(one, name)), bot.ask(other, 'x')]);
  const servers: unknown[] = [];
  const turns = Object.assign(new Turns(), { ask: () => ({ when: 'never' }) });
  const warn = ({ guildId }: { guildId: string }) => void servers.push(guildId);
  bot.start({ turns, log: Object.assign(silentLog(), { warn }) });
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  expect(servers).toEqual([one.guildId, other.guildId]);
  expect(bot.said(one)).toEqual([]);
});

async function publishFrom(origin: Event['origin']): Promise<void> {
  const event: Event = {
    ...messageEnvelope(),
    origin,
    kind: 'setting-changed',
    key: 'announce',
    value: true,
  };
  await bot.jetstream.client.publish(eventSubject(event), encode(event));
}

test('what no message caused needs no reply', async () => {
  bot = await replying();
  const [channelId, messageId, userId] = ['1', '2', '3'];
  await publishFrom({ kind: 'operator', who: 'ops' });
  await publishFrom({ kind: 'deletion', channelId, messageId });
  await publishFrom({ kind: 'reaction', channelId, messageId, userId, emoji: '👍' });
  bot.start();
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  expect(bot.discord.records.counts.requests).toBe(0);
  expect((await bot.jetstream.manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
});

/** An interaction whose event is published, and whose reply Discord waits for. */
async function deferred(): Promise<Interaction> {
  const { world } = bot.discord;
  const channel = bot.channel(0);
  const interaction = world.interactions.begin({
    type: InteractionType.ApplicationCommand,
    userId: world.members().find((member) => !member.bot)?.id ?? '',
    channelId: channel.id,
    guildId: channel.guildId,
    data: { id: '1', type: ApplicationCommandType.ChatInput, name: 'karma' },
    commandName: 'karma',
  });
  const { id, token, channelId, userId } = interaction;
  const key = { id, token, applicationId: world.botId };
  const api = new InteractionApi(bot.discord.apiUrl);
  const body = { type: InteractionResponseType.DeferredChannelMessageWithSource } as const;
  expect(await api.callback(key, body, 10_000)).toEqual({ outcome: 'acknowledged' });
  const event: Event = {
    ...messageEnvelope({ id, guildId: channel.guildId ?? '1' }),
    origin: { kind: 'interaction', interactionId: id, applicationId: world.botId, channelId, userId },
    kind: 'karma-checked',
    totals: [{ display: 'tea', karma: '1' }],
  };
  await bot.jetstream.client.publish(eventSubject(event), encode(event));
  return interaction;
}

test('the reply to an interaction is written into its first response', async () => {
  bot = await replying();
  const interaction = await deferred();
  await bot.interactionStore.keepToken(interaction.id, interaction.token);
  bot.start();
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  expect(interaction.original?.content).toBe('tea has 1 karma.');
  expect(await remembered()).toBe(1);
});

test('an interaction whose token is not known any more, or is dead, gets no words, and the bot goes on', async () => {
  bot = await replying();
  const unknown = await deferred();
  const dead = await deferred();
  await bot.interactionStore.keepToken(dead.id, dead.token);
  dead.expiresAtMs = Date.now();
  const other = bot.ask(bot.channel(0), 'x');
  await bot.publish([other]);
  bot.start();
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  expect([unknown.original?.content, dead.original?.content]).toEqual(['', '']);
  expect(bot.said(bot.channel(0))).toContain('x has 1 karma.');
  expect((await bot.jetstream.manager.streams.info(STREAMS.dead)).state.messages).toBe(0);
});

test('what was in hand untried when the process was told to stop is not marked as attempted', async () => {
  bot = await replying();
  const channel = bot.channel(0);
  await bot.publish(names(100).map((name) => bot.ask(channel, name)));
  bot.discord.faults.rest({ match: '^POST', delayMs: 200, times: 1_000 });
  const stop = bot.start();
  await bot.until('the first is answered', () => bot.said(channel).length > 0);
  await stop();
  const attempted = await remembered();
  // One may have been begun at the very moment.
  expect(attempted - bot.said(channel).length).toBeLessThanOrEqual(1);
  bot.discord.faults.clear();
  bot.start();
  await bot.until('the rest is answered', async () => (await bot.pending()) === 0);
  // A new process does not know what the last one gave back for a while: order is kept within a process.
  expect(bot.said(channel).toSorted()).toEqual(
    names(100)
      .map((name) => `${name} has 1 karma.`)
      .toSorted(),
  );
});

test('a flood in one channel is answered in order, and holds up nobody else', async () => {
  bot = await replying({ rateLimits: { global: null, others: null, messages: { limit: 5, perMs: 1_000 } } });
  const flooded = bot.channel(0);
  const quiet = bot.channel(1);
  await bot.publish(names(1_500).map((name) => bot.ask(flooded, name)));
  await bot.publish([bot.ask(quiet, 'quiet')]);
  bot.start();
  await bot.until('the other server is answered', () => bot.said(quiet).length > 0);
  expect(bot.said(flooded).length).toBeLessThan(200);
  changeSettings(bot.discord.settings, { rateLimits: 'off' });
  await bot.until('the flood is answered', () => bot.said(flooded).length === 1_500);
  expect(bot.said(flooded)).toEqual(names(1_500).map((name) => `${name} has 1 karma.`));
}, 300_000);

test('what a forgetful consumer delivers again is known at once, however much it is', async () => {
  bot = await replying({ rateLimits: { global: null, others: null, messages: { limit: 5, perMs: 1_000 } } });
  const channel = bot.channel(0);
  const questions = names(8_000).map((name) => bot.ask(channel, name));
  for (const { id } of questions.slice(0, -1)) await bot.bucket.put(id, 'answered');
  await bot.publish(questions);
  bot.start();
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  expect(bot.said(channel)).toEqual(['n7999 has 1 karma.']);
}, 300_000);

test('after NATS lost its volume, what was replied to before is found by the page, and the rest is replied to', async () => {
  bot = await replying();
  const { world, records } = bot.discord;
  const channels = [bot.channel(0), bot.channel(0, 1), bot.channel(1)];
  const questions = names(1_800).map((name, index) => bot.ask(channels[index % 3] ?? bot.channel(0), name));
  const isOpen = (index: number) => index % 600 === 599;
  for (const [index, { id, channelId, content }] of questions.entries()) {
    if (isOpen(index)) continue;
    world.say({ channelId, authorId: world.botId, content: `${content} has 1 karma.`, replyTo: id });
  }
  await bot.publish(questions);
  records.clear();
  bot.start({ memory: new ReplyMemory(bot.bucket, async () => Date.now() + 60_000) });
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  for (const channel of channels) expect(new Set(bot.said(channel)).size).toBe(bot.said(channel).length);
  expect(channels.flatMap((channel) => bot.said(channel))).toHaveLength(1_800);
  // Twelve pages of each channel, some of them twice, and three posts.
  expect(records.counts.requests).toBeLessThan(100);
}, 300_000);

test('a channel that is closed to the bot is asked once, not for each answer', async () => {
  bot = await replying();
  const [closed, open] = [bot.channel(0), bot.channel(0, 1)];
  bot.discord.world.deny(closed.id, 'SendMessages');
  await bot.publish(names(300).map((name) => bot.ask(closed, name)));
  await bot.publish([bot.ask(open, 'open')]);
  bot.start();
  await bot.until('all is acked', async () => (await bot.pending()) === 0);
  expect(bot.discord.records.counts.invalidRequests).toBe(1);
  expect(bot.said(open)).toEqual(['open has 1 karma.']);
  expect(await remembered()).toBe(2);
});

test('while Discord has refused too much nothing is said, and nothing is lost', async () => {
  bot = await replying();
  const channel = bot.channel(0);
  await bot.publish(names(20).map((name) => bot.ask(channel, name)));
  let problem: string | undefined = 'too much';
  bot.start({ invalid: { problem: () => problem } });
  await Bun.sleep(1_500);
  expect(bot.discord.records.counts.requests).toBe(0);
  expect(await remembered()).toBe(0);
  problem = undefined;
  await bot.until('all is answered', () => bot.said(channel).length === 20);
});
