import { expect } from 'bun:test';
import type { Channel, Message } from '@popple/local-discord/world/model';
import type { TestPopple } from '@popple/testing/popple';

/** Sees that every one of these messages, each `x++` (or of another subject), counted once and was answered once;
 * `channel` is one of the server where they were said, if that is not the first. */
export async function expectExact(
  popple: TestPopple,
  messages: readonly Message[],
  subject = 'x',
  channel?: Channel,
): Promise<void> {
  await popple.until('all is answered', () =>
    messages.every((message) => popple.repliesTo(message).length > 0),
  );
  const marker = popple.say(`<@${popple.discord.world.botId}> karma ${subject}`, channel ? { channel } : {});
  expect(await popple.reply(marker)).toBe(`${subject} has ${messages.length} karma.`);
  const counts = messages.map((message) => popple.repliesTo(message).length);
  expect(counts.filter((count) => count !== 1)).toEqual([]);
}

/** Says `x++` in two channels in turn, every `everyMs` milliseconds, until told to stop. */
export function talk(popple: TestPopple, everyMs = 10): { stop(): Promise<Message[]> } {
  let isTalking = true;
  const said: Message[] = [];
  const done = (async () => {
    const channels = [popple.channel('general'), popple.channel('seedlings')];
    for (let turn = 0; isTalking; turn += 1) {
      const channel = channels[turn % channels.length];
      if (channel) said.push(popple.say('x++', { channel }));
      await Bun.sleep(everyMs);
    }
    return said;
  })();
  return {
    stop: () => {
      isTalking = false;
      return done;
    },
  };
}

/** How many sessions have begun by IDENTIFY. */
export const identifies = (popple: TestPopple) =>
  popple.discord.records.identifies.filter(({ outcome }) => outcome === 'ready').length;

/** How many sessions have been resumed. */
export const resumes = (popple: TestPopple) =>
  popple.discord.records.resumes.filter(({ outcome }) => outcome === 'resumed').length;
