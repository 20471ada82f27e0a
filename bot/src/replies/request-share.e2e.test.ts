import { afterEach, expect, test } from 'bun:test';
import { type TestPopple, testPopple } from '@popple/testing/popple';

let popple: TestPopple;
afterEach(() => popple.stop());

const CHANNELS = 24;

test.each([2, 4])(
  '%p bots over a backlog stay below the limit of their token',
  async (bots) => {
    const limits = { global: { limit: 50, perMs: 1_000 }, messages: null, reactions: null, others: null };
    popple = await testPopple({ bots, discord: { rateLimits: limits } });
    const { world, records } = popple.discord;
    const { id: guildId } = world.guilds()[0] ?? { id: '' };
    const channels = Array.from({ length: CHANNELS }, (_, index) =>
      world.addChannel({ guildId, name: `c${index}` }),
    );
    // Until every bot has its share.
    await Bun.sleep(6_000);
    records.clear();
    const said = Array.from({ length: 20 }, () =>
      channels.map((channel) => popple.say('x++', { channel })),
    ).flat();
    await popple.until('all is answered', () =>
      said.every((message) => popple.repliesTo(message).length === 1),
    );
    const { requests, invalidRequests } = records.counts;
    // The seconds of the bots and of Discord are not the same, so a few may be too many, and more on a busy machine. Of two
    // bots that do not share the limit a third are, and of four more than half.
    expect(invalidRequests, `of ${requests} requests`).toBeLessThanOrEqual(requests / 10);
  },
  90_000,
);
