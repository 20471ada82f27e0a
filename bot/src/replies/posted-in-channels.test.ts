import { afterEach, beforeEach, expect, test } from 'bun:test';
import { type LocalDiscord, startLocalDiscord } from '@popple/local-discord/local-discord';
import type { Message } from '@popple/local-discord/world/model';
import { openRest } from '../discord-api';
import { PostedInChannels } from './posted-in-channels';

let discord: LocalDiscord;
let channelId: string;
let memberId: string;

beforeEach(async () => {
  discord = await startLocalDiscord({ rateLimits: 'off' });
  const { world } = discord;
  channelId = world.channels(world.guilds()[0]?.id ?? '')[0]?.id ?? '';
  memberId = world.members().find(({ bot }) => !bot)?.id ?? '';
});
afterEach(() => discord.stop());

const open = () => new PostedInChannels(openRest(discord.apiUrl, discord.token), discord.world.botId);
const ask = () => discord.world.say({ channelId, authorId: memberId, content: 'x++' });
const answer = ({ id }: Message, content = 'x has 1 karma.') =>
  discord.world.say({ channelId, authorId: discord.world.botId, content, replyTo: id });
const look = async (channels: PostedInChannels, { id }: Message, notBeforeMs = 0, contents = ['one']) =>
  (await channels.look({ kind: 'reply', channelId, messageId: id, contents }, notBeforeMs)).posted;

test('a page that was read serves every question on it, in whatever order they are asked about', async () => {
  const questions = Array.from({ length: 500 }, () => ask());
  for (const [index, question] of questions.entries()) if (index % 2 === 0) answer(question);
  const channels = open();
  discord.records.clear();
  const order = [250, 10, 499, ...questions.keys()];
  for (const index of order) {
    const question = questions[index];
    if (question) expect(await look(channels, question)).toBe(index % 2 === 0 ? 1 : 0);
  }
  expect(discord.records.counts.requests).toBeLessThan(25);
});

test('what is said after a look is found by a look that must be later', async () => {
  const question = ask();
  const channels = open();
  expect(await look(channels, question)).toBe(0);
  answer(question);
  await Bun.sleep(2);
  expect(await look(channels, question, Date.now())).toBe(1);
  const next = ask();
  answer(next);
  expect(await look(channels, next)).toBe(1);
});

test('a look tells as of when it was, which is before it was answered', async () => {
  const question = ask();
  const channels = open();
  const beforeMs = Date.now();
  discord.faults.rest({ match: '^GET', delayMs: 300 });
  const { asOfMs } = await channels.look(
    { kind: 'reply', channelId, messageId: question.id, contents: ['one'] },
    0,
  );
  expect(asOfMs).toBeGreaterThanOrEqual(beforeMs);
  expect(asOfMs).toBeLessThanOrEqual(Date.now() - 300);
});

test('chunks are counted one by one, up to as many as the reply has', async () => {
  const question = ask();
  for (const content of ['one', 'two', 'three']) answer(question, content);
  expect(await look(open(), question, 0, ['one', 'two', 'three', 'four'])).toBe(3);
  expect(await look(open(), question, 0, ['one', 'two'])).toBe(2);
});

test('where history is closed, the reply counts as said', async () => {
  const channels = open();
  const question = ask();
  discord.world.deny(channelId, 'ReadMessageHistory');
  expect(await look(channels, question)).toBe(1);
});

test('what Discord fails to tell is not taken for silence', async () => {
  const channels = open();
  const question = ask();
  answer(question);
  discord.faults.rest({ match: '^GET', status: 400 });
  await expect(look(channels, question)).rejects.toThrow();
  expect(await look(channels, question)).toBe(1);
});

test('a reply is found however far after its question it stands', async () => {
  const question = ask();
  for (let index = 0; index < 2_500; index += 1) ask();
  answer(question);
  expect(await look(open(), question)).toBe(1);
});

test('the same text that refers to nothing is the reply to a message that is gone, never to one that is there', async () => {
  const question = ask();
  discord.world.say({ channelId, authorId: discord.world.botId, content: 'one' });
  expect(await look(open(), question)).toBe(0);
  discord.world.remove(channelId, question.id);
  expect(await look(open(), question)).toBe(1);
});
