import { describe, expect, test } from 'bun:test';
import { silentLog } from '@popple/shared/observability/log';
import { boardCostBytes, GuildShares } from './guild-shares';

const DAY_MS = 86_400_000;

function open(state: { requests: number; events?: number; kept?: Record<string, Map<string, number>> }) {
  const clock = { ms: 0 };
  const fill = (bytes: number) => ({ bytes, messages: bytes / 100, maxBytes: 1_000_000 });
  const room = {
    fills: async () => ({ requests: fill(state.requests), events: fill(state.events ?? 0) }),
    requestsOf: async (guildId: string) => state.kept?.[guildId] ?? new Map<string, number>(),
  };
  const shares = new GuildShares({ room, log: silentLog(), maxAgeMs: 7 * DAY_MS, now: () => clock.ms });
  const look = async (...guildIds: string[]) => {
    clock.ms += 5_000;
    await shares.look(guildIds);
  };
  return { shares, clock, look, state };
}

describe('shares of servers', () => {
  test('nobody is refused while the streams are at most half full, nor while that is not known', async () => {
    const { shares, look } = open({ requests: 500_000 });
    shares.charge('1', 10_000_000);
    expect(shares.isOver('1')).toBe(false);
    await look('1');
    expect(shares.isOver('1')).toBe(false);
  });

  test('past that, a server may keep what is free, and who has kept little is not touched', async () => {
    const { shares, look } = open({ requests: 600_000 });
    shares.charge('flood', 450_000);
    shares.charge('busy', 100_000);
    await look('flood', 'busy', 'quiet');
    expect([shares.isOver('flood'), shares.isOver('busy'), shares.isOver('quiet')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(shares.isOver('busy', 290_000, 0)).toBe(false);
    expect(shares.isOver('busy', 290_000, 50_000)).toBe(true);
  });

  test('two that flood leave a third', async () => {
    const { shares, look, state } = open({ requests: 0 });
    await look('a', 'b');
    while (!shares.isOver('a') || !shares.isOver('b')) {
      for (const guildId of ['a', 'b']) if (!shares.isOver(guildId)) shares.charge(guildId, 1_000);
    }
    state.requests = shares.usedBytes('a') + shares.usedBytes('b');
    expect(1_000_000 - state.requests).toBeWithin(330_000, 336_000);
    await look('a', 'b', 'c');
    expect(shares.isOver('a')).toBe(true);
    shares.charge('c', 100_000);
    expect(shares.isOver('c')).toBe(false);
  });

  test('the fuller of the two streams counts', async () => {
    const { shares, look } = open({ requests: 0, events: 900_000 });
    shares.charge('1', 200_000);
    await look('1');
    expect(shares.isOver('1')).toBe(true);
  });

  test('a process that has just begun counts what the stream keeps', async () => {
    const kept = { flood: new Map([['change-karma', 5_000]]), boards: new Map([['check-board', 10]]) };
    const { shares, look } = open({ requests: 600_000, kept });
    await look('flood', 'boards', 'quiet');
    expect(shares.usedBytes('flood')).toBe(500_000);
    expect(shares.isOver('flood')).toBe(true);
    expect(shares.usedBytes('boards')).toBe(10 * boardCostBytes(100));
    expect(shares.isOver('quiet')).toBe(false);
  });

  test('an account fades as the streams forget', async () => {
    const { shares, clock } = open({ requests: 0 });
    shares.charge('1', 1_000);
    clock.ms += 7 * DAY_MS;
    expect(shares.usedBytes('1')).toBeWithin(360, 375);
  });
});
