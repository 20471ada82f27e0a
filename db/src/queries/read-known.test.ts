import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { changeKarma, GUILD } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { readKnown } from './read-known';

test('who is excluded is read by server and list, without those who were taken off', async () => {
  await using t = await openTestDatabase();
  await t.admin`INSERT INTO exclusion VALUES
    (${GUILD}, 'blocked', 301, true, now(), 'x'), (${GUILD}, 'blocked', 302, false, now(), 'x'),
    (${GUILD}, 'opted-out', 303, true, now(), 'x'), (5, 'blocked', 304, true, now(), 'x'),
    (6, 'blocked', 305, false, now(), 'x')`;
  const { excluded } = await readKnown(t.db, [], [GUILD, '6']);
  expect(excluded).toEqual(new Map([[GUILD, { blocked: new Set(['301']), optedOut: new Set(['303']) }]]));
});

test('who is excluded is passed to the judge', async () => {
  await using t = await openTestDatabase();
  await t.admin`INSERT INTO exclusion VALUES (${GUILD}, 'blocked', 301, true, now(), 'x')`;
  const seen: unknown[] = [];
  const request = changeKarma({ x: 1 });
  await applyKarma(t.db, [request], (requests, _settings, excluded) => {
    seen.push(excluded?.get(GUILD)?.blocked);
    const changes = new Map(
      requests.map(({ id }) => [id, [{ verdict: { refused: 'giver-blocked' }, day: 0 }]]),
    );
    return {
      wanted: { givers: [], counters: [], pairs: [] },
      decide: () => ({ changes, counters: [], pairs: [] }),
    };
  });
  expect(seen).toEqual([new Set(['301'])]);
  expect((await t.admin`SELECT FROM karma`).length).toBe(0);
});
