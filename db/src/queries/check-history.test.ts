import { expect, test } from 'bun:test';
import type { HistoryEntry } from '@popple/shared/contract/event';
import { snowflakeAt, snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { ChangeKarma, CheckHistory } from '@popple/shared/contract/request';
import type { Verdict } from '@popple/shared/contract/verdict';
import { countAll, type Judge } from '../judging';
import { openTestDatabase } from '../testing/database';
import { changeKarma, GUILD, checkHistory as historyRequest } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { checkHistory } from './check-history';

const DAY_MS = 86_400_000;

const withReason = (request: ChangeKarma, reason: string): ChangeKarma => ({
  ...request,
  changes: request.changes.map((change) => ({ ...change, reason })),
});

/** Asks for pages until there is none, and returns all entries. */
async function allPages(
  db: Parameters<typeof checkHistory>[0],
  request: CheckHistory,
): Promise<HistoryEntry[]> {
  const entries: HistoryEntry[] = [];
  for (let before: CheckHistory['before']; ; before = entries.at(-1)) {
    const page = (await checkHistory(db, [{ ...request, before }])).get(request.id);
    entries.push(...(page?.entries ?? []));
    expect(page?.entries.length).toBeLessThanOrEqual(request.size);
    if (!page?.hasMore) return entries;
  }
}

test('an entry says who, when, where, by how much and why', async () => {
  await using t = await openTestDatabase();
  const options = { channelId: '111', userId: '222' };
  const given = withReason(changeKarma({ Alice: 2 }, options), 'the cake');
  const taken = changeKarma({ alice: -1, bob: 1 }, options);
  await applyKarma(t.db, [given, taken]);
  const request = historyRequest({ subject: { subject: 'alice', display: 'ALICE' } });
  const common = { display: 'Alice', giverId: '222', channelId: '111', place: 1 };
  const place = ({ id, at }: ChangeKarma) => ({ requestId: id, at, day: Math.floor(at / DAY_MS) * DAY_MS });
  expect((await checkHistory(t.db, [request])).get(request.id)).toEqual({
    entries: [
      { ...common, ...place(taken), delta: -1 },
      { ...common, ...place(given), delta: 2, reason: 'the cake' },
    ],
    hasMore: false,
  });
});

test('who is not named is who asks, as receiver or as giver', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [
    changeKarma({ '<@300>': 1 }, { userId: '301' }),
    changeKarma({ x: 1, '<@301>': 1 }, { userId: '300' }),
    changeKarma({ x: 1 }, { userId: '300', guildId: '5' }),
  ]);
  const received = historyRequest({}, { userId: '300' });
  const given = historyRequest({ side: 'given' }, { userId: '300' });
  const ofAnother = historyRequest({ side: 'given', giverId: '301' }, { userId: '300' });
  const nobody = { ...historyRequest({}), origin: { kind: 'operator', who: 'ops' } } as const;
  const pages = await checkHistory(t.db, [received, given, ofAnother, nobody]);
  const named = ({ id }: CheckHistory) => pages.get(id)?.entries.map(({ display }) => display);
  expect([received, given, ofAnother, nobody].map(named)).toEqual([
    ['<@300>'],
    ['<@301>', 'x'],
    ['<@300>'],
    [],
  ]);
});

test('pages have every entry once, newest first, through months, days and changes of one time', async () => {
  await using t = await openTestDatabase();
  const now = Date.now();
  const changes: ChangeKarma[] = [];
  for (const age of [0, 0, 1, 1, 1, 3, 31, 62, 62, 400]) {
    const at = now - age * DAY_MS;
    const id = String(BigInt(snowflakeAt(at)) + BigInt(changes.length));
    changes.push(changeKarma({ x: 1, y: 1, z: 1 }, { id, at: snowflakeTimeMs(id) }));
  }
  await applyKarma(t.db, changes);
  const newestFirst = changes.toSorted((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
  for (const size of [1, 2, 25]) {
    const received = historyRequest({ subject: { subject: 'y', display: 'y' }, size });
    expect((await allPages(t.db, received)).map(({ requestId }) => requestId)).toEqual(
      newestFirst.map(({ id }) => id),
    );
    const given = historyRequest({ side: 'given', size });
    expect((await allPages(t.db, given)).map(({ requestId, place }) => [requestId, place])).toEqual(
      newestFirst.flatMap(({ id }) => [3, 2, 1].map((place) => [id, place])),
    );
  }
});

/** Refuses what changes `x`, and clamps what changes `y`. */
const strict: Judge = (requests, settings) => {
  const { wanted, decide } = countAll(requests, settings);
  const verdictOf = (subject: string): Verdict =>
    subject === 'x' ? { refused: 'quota' } : { delta: 1, asked: 2 };
  return {
    wanted,
    decide: (counted) => {
      const decision = decide(counted);
      const changes = requests.map(
        (request) =>
          [
            request.id,
            request.changes.map(({ subject }) => ({
              verdict: verdictOf(subject),
              day: Math.floor(request.at / DAY_MS) * DAY_MS,
            })),
          ] as const,
      );
      return { ...decision, changes: new Map(changes) };
    },
  };
};

test('refusals are those of who asks, of the last seven days, and only where they are asked for', async () => {
  await using t = await openTestDatabase();
  const now = Date.now();
  const id = (age: number) => snowflakeAt(now - age * DAY_MS);
  const old = changeKarma({ x: 1 }, { id: id(7.1) });
  const recent = changeKarma({ X: 2, y: 2 }, { id: id(6.9), channelId: '111' });
  const ofAnother = changeKarma({ x: 1 }, { id: id(1), userId: '301' });
  await applyKarma(t.db, [old, recent, ofAnother], strict);
  const asked = historyRequest({ refusals: true }, { id: id(0) });
  const plain = historyRequest({}, { id: String(BigInt(id(0)) + 1n) });
  const pages = await checkHistory(t.db, [asked, plain]);
  expect(pages.get(asked.id)?.refusals).toEqual([
    {
      at: recent.at,
      requestId: recent.id,
      display: 'X',
      delta: 2,
      channelId: '111',
      verdict: { refused: 'quota' },
    },
  ]);
  expect(pages.get(plain.id)).not.toHaveProperty('refusals');
});

test('another server’s history is its own, and nothing asked is nothing read', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 1 }, { guildId: '5' })]);
  const subject = { subject: 'x', display: 'x' };
  const [here, there] = [
    historyRequest({ subject }, { guildId: GUILD }),
    historyRequest({ subject }, { guildId: '5' }),
  ];
  const pages = await checkHistory(t.db, [here, there]);
  expect([here, there].map(({ id }) => pages.get(id)?.entries.length)).toEqual([0, 1]);
  expect(await checkHistory(t.db, [])).toEqual(new Map());
});
