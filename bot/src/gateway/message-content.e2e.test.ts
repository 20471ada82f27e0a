import { afterEach, expect, test } from 'bun:test';
import { type TestPopple, testPopple } from '@popple/testing/popple';
import { GatewayIntentBits } from 'discord.js';
import { membersOf } from '../interactions/testing/member';
import { untilResumable } from './testing/resumable';

let popple: TestPopple;
afterEach(() => popple.stop());

const askedFor = () =>
  popple.discord.records.identifies.map(({ intents }) => (intents & GatewayIntentBits.MessageContent) !== 0);

test('without the Message Content intent, mentions and commands work, and the rest is not read', async () => {
  popple = await testPopple({
    discord: { privilegedIntents: 0 },
    botEnvironment: { MESSAGE_CONTENT: 'off' },
  });
  const plain = popple.say('tea++');
  expect(await popple.reply(popple.say(`<@${popple.discord.world.botId}> tea++`))).toBe('tea has 1 karma.');
  const members = membersOf(popple);
  await members.ready();
  expect(await members.words(await members.slash('thing', { what: 'tea', change: 1 }))).toBe(
    'tea has 2 karma.',
  );
  expect(popple.repliesTo(plain)).toEqual([]);
  expect(askedFor()).toEqual([false]);
});

test('whoever changes it begins a new session: one that is resumed has what it began with', async () => {
  popple = await testPopple({
    botEnvironment: { MESSAGE_CONTENT: 'off' },
    discord: { identifyIntervalMs: 0 },
  });
  await untilResumable(popple);
  await popple.bots[0]?.stop();
  await popple.startBot({ MESSAGE_CONTENT: 'on' });
  expect(await popple.reply(popple.say('tea++'))).toBe('tea has 1 karma.');
  expect(askedFor()).toEqual([false, true]);
});
