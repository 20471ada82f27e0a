import { describe, expect, test } from 'bun:test';
import { ArchivedLeft, mergeArchived } from './archived-left';

const fresh = () => new ArchivedLeft(undefined);
const ready = (from: string, guildIds = ['1', '5', '9'], oldest = '1') => ({ from, oldest, guildIds });

/** The servers that a round reads, of those there are, up to its end or `count` of them. */
function go(left: ArchivedLeft, servers: readonly string[], count = 100): string[] {
  const read: string[] = [];
  for (let round = left.round; round !== undefined; round = left.round) {
    const { after, until } = round;
    for (const id of servers) {
      if (BigInt(id) <= BigInt(after) || (until !== undefined && BigInt(id) > BigInt(until))) continue;
      if (read.length === count) return read;
      read.push(id);
      left.passed(id);
    }
    left.partDone();
  }
  return read;
}

describe('a round', () => {
  test('nothing is left where nothing began, and after all servers were read', () => {
    const left = fresh();
    expect(left.record).toBeUndefined();
    left.began(ready('100'));
    expect(left.round?.from).toBe('100');
    expect(go(left, ['1', '5', '9'])).toEqual(['1', '5', '9']);
    expect(left.record).toBeUndefined();
  });

  test('goes on where it was, by what was written down', () => {
    const left = fresh();
    left.began(ready('100'));
    go(left, ['1', '5', '9'], 2);
    const successor = new ArchivedLeft(JSON.parse(JSON.stringify(left.record)));
    expect(successor.round?.from).toBe('100');
    expect(go(successor, ['1', '5', '9'])).toEqual(['9']);
  });

  test('another READY makes it go through all servers again, from the older message, beginning where it was', () => {
    const left = fresh();
    left.began(ready('100'));
    go(left, ['1', '5', '9'], 2);
    left.began(ready('200'));
    expect(left.round?.from).toBe('100');
    expect(go(left, ['1', '5', '9'], 2)).toEqual(['9', '1']);
    left.began(ready('300'));
    expect(left.round?.from).toBe('100');
    expect(go(left, ['1', '5', '9'])).toEqual(['5', '9', '1']);
    left.began(ready('400'));
    expect(left.round?.from).toBe('400');
  });

  test('reads nothing from before the age limit', () => {
    const left = fresh();
    left.began(ready('100'));
    left.addSingle('5', '50');
    left.began(ready('200', ['5'], '150'));
    expect(left.round?.from).toBe('150');
    expect(left.single.get('5')?.from).toBe('150');
  });
});

describe('a single server', () => {
  test('is read from the oldest message that was asked for, and no more after that', () => {
    const left = fresh();
    left.addSingle('5', '50');
    left.addSingle('5', '80');
    left.addSingle('5', '40');
    const guild = left.single.get('5') ?? { from: '' };
    expect(guild.from).toBe('40');
    expect(new ArchivedLeft(left.record).single.get('5')?.from).toBe('40');
    left.singleDone('5', guild);
    expect(left.record).toBeUndefined();
  });

  test('stays when more was asked for while it was read', () => {
    const left = fresh();
    left.addSingle('5', '50');
    const guild = left.single.get('5') ?? { from: '' };
    left.addSingle('5', '70');
    left.singleDone('5', guild);
    expect(left.single.get('5')?.from).toBe('50');
  });

  test('is one that is away during a round', () => {
    const left = fresh();
    left.wentAway('5');
    expect(left.record).toBeUndefined();
    left.began(ready('100'));
    left.wentAway('5');
    go(left, ['1', '9']);
    expect(left.record).toEqual({ guilds: { '5': '100' } });
  });

  test('is forgotten when the bot is not in it any more', () => {
    const left = fresh();
    left.addSingle('5', '50');
    left.addSingle('6', '50');
    left.removed('5');
    left.began(ready('100', ['1']));
    expect([...left.single.keys()]).toEqual([]);
  });
});

test('what several shards left is read from the oldest of it in all servers', () => {
  expect(mergeArchived([undefined, undefined])).toBeUndefined();
  expect(
    mergeArchived([
      { round: { from: '70', parts: [{ after: '5' }] }, guilds: { '1': '30' } },
      undefined,
      { round: { from: '60', parts: [{}] }, guilds: { '1': '20', '2': '10' } },
    ]),
  ).toEqual({ round: { from: '60', parts: [{}] }, guilds: { '1': '20', '2': '10' } });
});
