import { afterEach, beforeEach, describe, expect, test } from 'bun:test';
import { type LocalDiscord, startLocalDiscord } from '@popple/local-discord/local-discord';
import type { Message } from '@popple/local-discord/world/model';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { silentLog } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { openRest } from '../discord-api';
import { ClosedChannels } from './closed-channels';
import { type DeliverContext, deliver } from './deliver';
import { InvalidRequests } from './invalid-requests';
import type { Reply } from './outgoing';
import { PostedInChannels } from './posted-in-channels';

const LONG_AGO_MS = 10 * 60_000;
const POSTING = '^POST /channels/\\d+/messages$';

let discord: LocalDiscord;
let stop: AbortController;
let question: Message;

beforeEach(async () => {
  // Discord has forgotten every nonce at once, so that only what is tested keeps an answer from being said twice.
  discord = await startLocalDiscord({ rateLimits: 'off', nonceWindowMs: 0 });
  stop = new AbortController();
  const { world } = discord;
  const channel = world.channels(world.guilds()[0]?.id ?? '')[0];
  const author = world.members().find(({ bot }) => !bot);
  question = world.say({ channelId: channel?.id ?? '', authorId: author?.id ?? '', content: 'alice++' });
});
afterEach(() => discord.stop());

const context = (changes: Partial<DeliverContext> = {}): DeliverContext => ({
  rest: openRest(discord.apiUrl, discord.token),
  posted: new PostedInChannels(openRest(discord.apiUrl, discord.token), discord.world.botId),
  log: silentLog(),
  signal: stop.signal,
  maxAgeMs: 3_600_000,
  closed: new ClosedChannels(),
  invalid: new InvalidRequests(),
  ...changes,
});
const target = () => ({
  requestId: question.id,
  askedAtMs: snowflakeTimeMs(question.id),
  channelId: question.channelId,
  messageId: question.id,
});
const reply = (...contents: string[]): Reply => ({ kind: 'reply', ...target(), contents });
const said = () =>
  discord.world
    .messages(question.channelId)
    .filter(({ authorId }) => authorId === discord.world.botId)
    .map(({ content }) => content);

describe('deliver', () => {
  test('a reply never shows what a link in it leads to', async () => {
    await deliver(context(), reply('one', 'two'));
    const flags = discord.world
      .messages(question.channelId)
      .filter(({ authorId }) => authorId !== question.authorId);
    expect(flags.map((message) => message.flags)).toEqual([4, 4]);
  });

  test('what was said by a process that died before its ack is not said again', async () => {
    expect(await deliver(context(), reply('one'))).toEqual({ outcome: 'posted' });
    for (let index = 0; index < 150; index += 1) {
      discord.world.say({ channelId: question.channelId, authorId: question.authorId, content: 'chatter' });
    }
    expect(await deliver(context(), reply('one'), Date.now() - LONG_AGO_MS)).toEqual({ outcome: 'posted' });
    expect(said()).toEqual(['one']);
  });

  test('of an answer in parts only those that are missing are said', async () => {
    await deliver(context(), reply('one'));
    await deliver(context(), reply('one', 'two', 'three'), Date.now() - LONG_AGO_MS);
    expect(said()).toEqual(['one', 'two', 'three']);
  });

  test('an answer that nobody gave is given in spite of the doubt', async () => {
    await deliver(context(), reply('one'), Date.now() - LONG_AGO_MS);
    expect(said()).toEqual(['one']);
  });

  test('an answer to a question that was deleted before it is found by its text', async () => {
    discord.world.remove(question.channelId, question.id);
    await deliver(context(), reply('one', 'two'));
    discord.world.say({ channelId: question.channelId, authorId: question.authorId, content: 'chatter' });
    await deliver(context(), reply('one', 'two', 'three'), Date.now() - LONG_AGO_MS);
    expect(said()).toEqual(['one', 'two', 'three']);
  });

  test('a question that was deleted with nothing said since is answered once', async () => {
    discord.world.remove(question.channelId, question.id);
    await deliver(context(), reply('one'), Date.now() - LONG_AGO_MS);
    await deliver(context(), reply('one'), Date.now() - LONG_AGO_MS);
    expect(said()).toEqual(['one']);
  });

  test('where the history is closed, silence is better than a second answer', async () => {
    discord.world.deny(question.channelId, 'ReadMessageHistory');
    await deliver(context(), reply('one'), Date.now() - LONG_AGO_MS);
    expect(said()).toEqual([]);
  });

  test('an answer too old is not said', async () => {
    expect(await deliver(context({ maxAgeMs: -1 }), reply('one'))).toEqual({ outcome: 'stale' });
    expect(said()).toEqual([]);
  });

  test('403 and 404 are final', async () => {
    discord.world.deny(question.channelId, 'SendMessages');
    expect(await deliver(context(), reply('one'))).toEqual({ outcome: 'gone' });
    expect(await deliver(context(), { ...reply('one'), channelId: '1100000000000000009' })).toEqual({
      outcome: 'gone',
    });
  });

  test('where history may not be read, a reply stands without its reference, and Discord is asked once', async () => {
    discord.world.deny(question.channelId, 'ReadMessageHistory');
    const one = context();
    await deliver(one, reply('one', 'two'));
    await deliver(one, { ...reply('three'), messageId: String(BigInt(question.id) + 1n) });
    expect(said()).toEqual(['one', 'two', 'three']);
    expect(discord.records.counts.invalidRequests).toBe(1);
  });

  test('reactions to a channel that refuses them are not tried again', async () => {
    discord.world.deny(question.channelId, 'AddReactions');
    const one = context();
    const reaction = { kind: 'reaction', ...target(), emoji: '✅' } as const;
    expect(await deliver(one, reaction)).toEqual({ outcome: 'gone' });
    expect(one.closed.isClosed('reaction', reaction)).toBe(true);
    expect(await deliver(one, reply('one'))).toEqual({ outcome: 'posted' });
  });

  test('what Discord refuses as such is told with its reason', async () => {
    const delivery = await deliver(context(), reply('x'.repeat(2_001)));
    expect(delivery).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('2000') });
  });

  test('Discord’s own failures are waited out', async () => {
    discord.faults.rest({ match: POSTING, status: 500, times: 3 });
    expect(await deliver(context(), reply('one'))).toEqual({ outcome: 'posted' });
    expect(said()).toEqual(['one']);
  });

  test('a stop interrupts the waiting, and what was not said is owed', async () => {
    discord.faults.rest({ match: POSTING, status: 500, times: 1_000 });
    const delivery = deliver(context(), reply('one'));
    setTimeout(() => stop.abort(), 300);
    expect(await delivery).toEqual({ outcome: 'interrupted' });
  });

  test('a token that is no longer accepted is for the operator', async () => {
    const error = await deliver(context({ rest: openRest(discord.apiUrl, 'old') }), reply('one')).catch(
      (e) => e,
    );
    expect(error).toBeInstanceOf(OperatorError);
  });
});
