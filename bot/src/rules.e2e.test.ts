import { afterAll, beforeAll, expect, test } from 'bun:test';
import type { Moderation } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import { encode } from '@popple/shared/messaging/codec';
import { requestSubject } from '@popple/shared/messaging/subjects';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { connect } from 'nats';

/* What members see of the rules of a server: the facts come from the gateway, the verdicts from svc. */

let popple: TestPopple;
beforeAll(async () => {
  popple = await testPopple({ svcs: 0 });
  await popple.startSvc({ RULES_PRESET: 'default' });
});
afterAll(() => popple.stop());

const mentionOf = (name: string) => `<@${popple.member(name).id}>`;

/** Says something as Alice, and waits until the bot has reacted to it with that, and with nothing else. */
async function reaction(content: string, emoji: string): Promise<void> {
  const message = popple.say(content, { author: 'Alice' });
  const { world } = popple.discord;
  const seen = () =>
    (world.message(message.channelId, message.id)?.reactions ?? [])
      .filter(({ userIds }) => userIds.includes(world.botId))
      .map((one) => one.emoji);
  await popple.until(`the bot reacts to ${content}`, () => seen().length > 0);
  expect(seen()).toEqual([emoji]);
  expect(popple.repliesTo(message)).toEqual([]);
}

test('what does not count is one reaction', async () => {
  await reaction(`${mentionOf('Alice')} ++`, '🙃');
  expect(await popple.reply(popple.say(`${mentionOf('Bruno')} ++`))).toBe(
    `${mentionOf('Bruno')} has 1 karma.`,
  );
  await reaction(`${mentionOf('Bruno')} ++`, '⏳');
  await reaction(`<@${popple.discord.world.botId}> ++`, '🚫');
});

test('what counts is told, and by how much where that is not what was asked for', async () => {
  const message = popple.say(
    `${mentionOf('Bruno')} ++ tea++ tea++ tea++ tea++ tea++ tea++ ${mentionOf('Alice')} ++`,
  );
  expect(await popple.reply(message)).toBe('tea has 5 karma. (That counts as +5.)');
});

/** Does as an operator does, and waits until svc has done it. */
async function moderate(kind: 'block' | 'unblock', name: string): Promise<void> {
  const connection = await connect({ servers: popple.nats.url });
  const request: Moderation = {
    v: CONTRACT_VERSION,
    id: `operator.${kind}`,
    at: Date.now(),
    guildId: popple.discord.world.guilds()[0]?.id ?? '',
    origin: { kind: 'operator', who: 'ops@host' },
    kind,
    memberId: popple.member(name).id,
  };
  const answers = connection.subscribe(`popple.event.${kind}ed.${request.guildId}`, { max: 1 });
  await connection.jetstream().publish(requestSubject(request), encode(request), { msgID: request.id });
  for await (const answer of answers) expect(answer.json()).toMatchObject({ id: request.id });
  await connection.close();
}

test('what a blocked member gives or receives is refused, until they are unblocked', async () => {
  await moderate('block', 'Alice');
  await reaction('cake++', '🚫');
  expect(await popple.reply(popple.say('pie++', { author: 'Bruno' }))).toBe('pie has 1 karma.');
  await moderate('unblock', 'Alice');
  expect(await popple.reply(popple.say('cake++'))).toBe('cake has 1 karma.');
});
