import { afterEach, expect, test } from 'bun:test';
import { until } from '@popple/testing/until';
import { HTTPError, type RateLimitData, RESTEvents } from 'discord.js';
import { type APIMessage, Routes } from 'discord-api-types/v10';
import { firstPlace, QUICK, restFor, Stage } from '../testing/real-clients';

const stage = new Stage();
afterEach(() => stage.clear());

const bare = { global: null, messages: null, reactions: null, others: null };

test('the library obeys the bucket it is told of, and everything arrives in order', async () => {
  const messages = { limit: 3, perMs: 600 };
  const discord = await stage.discord({ ...QUICK, rateLimits: { ...bare, messages } });
  const { channelId } = firstPlace(discord);
  const rest = restFor(discord);
  const waits: RateLimitData[] = [];
  rest.on(RESTEvents.RateLimited, (data) => void waits.push(data));
  const contents = Array.from({ length: 8 }, (_, n) => String(n));
  await Promise.all(
    contents.map((content) => rest.post(Routes.channelMessages(channelId), { body: { content } })),
  );
  expect(discord.world.messages(channelId).map((message) => message.content)).toEqual(contents);
  expect(waits[0]).toMatchObject({ limit: 3, global: false });
  expect(discord.records.requests.map((request) => request.status)).toEqual(contents.map(() => 200));
});

test('a client that does not count for itself is answered 429, and succeeds in the end', async () => {
  const messages = { limit: 2, perMs: 400 };
  const discord = await stage.discord({ ...QUICK, rateLimits: { ...bare, messages } });
  const { channelId } = firstPlace(discord);
  // Each of these clients is new: none knows what the others used up.
  const contents = ['0', '1', '2', '3'];
  await Promise.all(
    contents.map((content) =>
      restFor(discord).post(Routes.channelMessages(channelId), { body: { content } }),
    ),
  );
  expect(discord.world.messages(channelId)).toHaveLength(4);
  const statuses = discord.records.requests.map((request) => request.status);
  expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
  expect(statuses.filter((status) => status === 200)).toHaveLength(4);
});

test('a 429 says what it is about', async () => {
  const limits = { ...bare, messages: { limit: 1, perMs: 5000 } };
  const discord = await stage.discord({ ...QUICK, rateLimits: limits });
  const { channelId } = firstPlace(discord);
  const send = () =>
    fetch(`${discord.apiUrl}/v10${Routes.channelMessages(channelId)}`, {
      method: 'POST',
      headers: { authorization: 'Bot local', 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'x' }),
    });
  const first = await send();
  expect(first.headers.get('x-ratelimit-limit')).toBe('1');
  expect(first.headers.get('x-ratelimit-remaining')).toBe('0');
  expect(Number(first.headers.get('x-ratelimit-reset-after'))).toBeCloseTo(5, 0);
  const second = await send();
  expect(second.status).toBe(429);
  expect(second.headers.get('retry-after')).toBe('5');
  expect(second.headers.get('x-ratelimit-scope')).toBe('user');
  expect(second.headers.get('x-ratelimit-bucket')).toBe(first.headers.get('x-ratelimit-bucket'));
  expect(second.headers.has('x-ratelimit-global')).toBe(false);
  expect(await second.json()).toMatchObject({ global: false, message: 'You are being rate limited.' });
});

test('the global limit holds over all routes', async () => {
  const discord = await stage.discord({
    ...QUICK,
    rateLimits: { ...bare, global: { limit: 2, perMs: 5000 } },
  });
  const { channelId } = firstPlace(discord);
  const get = (path: string) =>
    fetch(`${discord.apiUrl}/v10${path}`, { headers: { authorization: 'Bot local' } });
  const paths = ['/users/@me', `/channels/${channelId}`, '/gateway/bot'];
  const responses: Response[] = [];
  for (const path of paths) responses.push(await get(path));
  expect(responses.map((response) => response.status)).toEqual([200, 200, 429]);
  expect(responses[2]?.headers.get('x-ratelimit-global')).toBe('true');
  expect(responses[2]?.headers.get('x-ratelimit-scope')).toBe('global');
  expect(await responses[2]?.json()).toMatchObject({ global: true });
});

test('an injected 429 is waited for', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  discord.faults.rest({ match: /^POST .*\/messages$/, status: 429, retryAfterMs: 100, times: 2 });
  await restFor(discord).post(Routes.channelMessages(channelId), { body: { content: 'x' } });
  expect(discord.records.requests.map((request) => request.status)).toEqual([429, 429, 200]);
  expect(discord.world.messages(channelId)).toHaveLength(1);
});

test('an injected status strikes what it matches, as often as it was told', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  const rest = restFor(discord);
  discord.faults.rest({ match: 'POST /channels/\\d+/messages$', status: 503, times: 4 });
  await rest.get(Routes.user('@me'));
  const request = rest.post(Routes.channelMessages(channelId), { body: { content: 'x' } });
  await expect(request).rejects.toBeInstanceOf(HTTPError);
  expect(discord.records.requests.map((record) => record.status)).toEqual([200, 503, 503, 503, 503]);
  await rest.post(Routes.channelMessages(channelId), { body: { content: 'x' } });
  expect(discord.world.messages(channelId)).toHaveLength(1);
});

test('a connection cut after the work: the library sends again, and the nonce keeps it one message', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  discord.faults.rest({ drop: 'after-handling', times: 2 });
  const body = { content: 'x', nonce: '42', enforce_nonce: true };
  const answer = (await restFor(discord).post(Routes.channelMessages(channelId), { body })) as APIMessage;
  expect(discord.records.requests.map((record) => record.status)).toEqual([null, null, 200]);
  expect(discord.world.messages(channelId).map((message) => message.id)).toEqual([answer.id]);
});

test('a connection cut before the work', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  discord.faults.rest({ drop: 'before-handling' });
  const rest = restFor(discord);
  rest.options.retries = 0;
  const request = rest.post(Routes.channelMessages(channelId), { body: { content: 'x' } });
  await expect(request).rejects.toThrow('ECONNRESET');
  expect(discord.world.messages(channelId)).toHaveLength(0);
});

test('a delayed answer is given up by an impatient client, and the work is done nevertheless', async () => {
  const discord = await stage.discord();
  const { channelId } = firstPlace(discord);
  discord.faults.rest({ delayMs: 150 });
  const rest = restFor(discord);
  rest.options.timeout = 50;
  rest.options.retries = 0;
  const request = rest.post(Routes.channelMessages(channelId), { body: { content: 'x' } });
  await expect(request).rejects.toThrow();
  await until(() => discord.world.messages(channelId).length === 1);
});

test('faults can be cleared', async () => {
  const discord = await stage.discord();
  discord.faults.rest({ status: 500, times: 100 });
  discord.faults.clear();
  await restFor(discord).get(Routes.user('@me'));
});
