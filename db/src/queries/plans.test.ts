import { expect, test } from 'bun:test';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { plainArray, textArray } from '../array-literal';
import { openTestDatabase } from '../testing/database';
import { countEach, wantEach } from '../testing/judges';
import { type PlanNode, planOf, rowsTouched } from '../testing/plan';
import {
  changeAnnounce,
  changeKarma,
  checkBoard,
  checkHistory,
  checkKarma,
  GUILD,
  moderate,
  undoDeleted as undoDeletedRequest,
  undo as undoRequest,
} from '../testing/requests';
import { ADJUST } from './adjust';
import { APPLY_KARMA, applyKarma } from './apply-karma';
import { toParameters } from './apply-karma-parameters';
import { BLOCK } from './block';
import { CHANGE_SETTING } from './change-setting';
import { CHECK_BOARD } from './check-board';
import { CHECK_HISTORY } from './check-history';
import { CHECK_KARMA } from './check-karma';
import { FIND_MISSING_IDS } from './find-missing-ids';
import { toParameter } from './ledger';
import { MERGE } from './merge';
import { moderationParameter } from './moderation';
import { PRUNE_COUNTERS } from './prune-counters';
import { READ_AUDIT } from './read-audit';
import { READ_COUNTED, wantedParameters } from './read-counted';
import { READ_KNOWN } from './read-known';
import { REMOVE } from './remove';
import { UNDO } from './undo';
import { UNDO_ALL } from './undo-all';
import { deletionRows, UNDO_DELETED } from './undo-deleted';
import { UNDO_REQUEST } from './undo-request';

function named(nodes: readonly PlanNode[], pattern: RegExp): string[] {
  return nodes.map((node) => node['Node Type']).filter((type) => pattern.test(type));
}

test('a board of 10 among a million subjects reads 10 entries of the index, forward or backward, and sorts nothing', async () => {
  await using t = await openTestDatabase();
  // Without a log, and in the order of both indexes: that only makes it quicker.
  await t.admin`ALTER TABLE karma SET UNLOGGED`;
  await t.admin`
    INSERT INTO karma
    SELECT ${GUILD}::bigint, to_char(n, 'FM0000000'), 'Subject ' || n, 500 - n / 1000 FROM generate_series(1, 1000000) AS n`;
  await t.admin`ANALYZE karma`;
  // The admin's session has the planner's own settings, and nothing that nudges it towards indexes.
  expect((await t.admin`SHOW enable_seqscan`)[0]?.enable_seqscan).toBe('on');
  for (const [end, direction] of [
    ['top', 'Forward'],
    ['bottom', 'Backward'],
  ] as const) {
    const nodes = await planOf(t.admin, CHECK_BOARD, [toParameter([checkBoard(end, 10)])], true);
    const scans = nodes.filter((node) => node['Relation Name'] === 'karma' && node['Actual Loops'] !== 0);
    expect(scans).toEqual([
      expect.objectContaining({
        'Node Type': 'Index Scan',
        'Index Name': 'karma_board',
        'Scan Direction': direction,
        'Actual Rows': 10,
        'Actual Loops': 1,
      }),
    ]);
    expect(named(nodes, /Sort|Seq Scan|Bitmap/)).toEqual([]);
  }
});

test('workers reach every table through an index from the first row on, so no plan goes bad as the table grows', async () => {
  await using t = await openTestDatabase();
  const wanted = wantEach([changeKarma({ x: 1 })]);
  const statements: [string, string[]][] = [
    [READ_KNOWN, [textArray(['1', '2']), plainArray(['3'])]],
    [READ_COUNTED, wantedParameters(wanted)],
    [PRUNE_COUNTERS, ['0', '10']],
    [CHANGE_SETTING, [toParameter([changeAnnounce(true)])]],
    [CHECK_KARMA, [toParameter([checkKarma(['x'])])]],
    [CHECK_BOARD, [toParameter([checkBoard('top', 10)])]],
    [CHECK_HISTORY, [toParameter([checkHistory({ refusals: true })])]],
    [UNDO, [toParameter([undoRequest()])]],
    [UNDO_DELETED, [toParameter(deletionRows([undoDeletedRequest(changeKarma({ x: 1 }))]))]],
    [FIND_MISSING_IDS, [JSON.stringify(['1', '2'])]],
    [ADJUST, [moderationParameter(moderate.adjust('x', 1), { day: 0 })]],
    [BLOCK, [moderationParameter(moderate.block('1'))]],
    [MERGE, [moderationParameter(moderate.merge('x', 'y'))]],
    [REMOVE, [moderationParameter(moderate.remove('x'))]],
    [UNDO_REQUEST, [moderationParameter(moderate.undoRequest('1'), { writtenAt: 1 })]],
    [UNDO_ALL, [moderationParameter(moderate.undoAll('1', 0))]],
    [READ_AUDIT, [GUILD, 'infinity', '', '10']],
  ];
  for (const statistics of ['none', 'of empty tables']) {
    if (statistics !== 'none') await t.admin`ANALYZE`;
    for (const [statement, parameters] of statements) {
      const nodes = await planOf(t.db.sql, statement, parameters);
      expect(named(nodes, /Seq Scan/)).toEqual([]);
      // Without a condition, an index is read from end to end too.
      const scans = nodes.filter((node) => node['Index Name'] !== undefined);
      expect(scans.length).toBeGreaterThan(0);
      expect(scans.filter((node) => node['Index Cond'] === undefined)).toEqual([]);
    }
    // It adds, and reads nothing.
    const request = changeKarma({ x: 1 });
    const nodes = await planOf(
      t.db.sql,
      APPLY_KARMA,
      toParameters([request], countEach([request]), new Map()),
    );
    expect(named(nodes, /Seq Scan|Index Scan/)).toEqual([]);
  }
});

test('the work of a full batch grows with the batch, not with its square, in small tables and large ones', async () => {
  await using t = await openTestDatabase();
  const size = 1_000;
  const requestsOf = <Request>(make: (guildId: string, n: number) => Request) =>
    Array.from({ length: size }, (_, n) => make(String(n + 1), n));
  const changes = () => requestsOf((guildId, n) => changeKarma({ [`s${n}`]: 1, shared: 1 }, { guildId }));
  const statements = (requests: ChangeKarma[]): [string, string[]][] => {
    return [
      [
        READ_KNOWN,
        [textArray(requests.map(({ id }) => id)), plainArray(requests.map(({ guildId }) => guildId))],
      ],
      [READ_COUNTED, wantedParameters(wantEach(requests))],
      [CHANGE_SETTING, [toParameter(requestsOf((guildId) => changeAnnounce(true, { guildId })))]],
      [CHECK_KARMA, [toParameter(requestsOf((guildId, n) => checkKarma([`s${n}`, 'shared'], { guildId })))]],
      [CHECK_BOARD, [toParameter(requestsOf((guildId) => checkBoard('top', 3, { guildId })))]],
    ];
  };
  const applying = (requests: ChangeKarma[], version: number): [string, string[]] => [
    APPLY_KARMA,
    toParameters(requests, countEach(requests, version, 2 * version), new Map()),
  ];
  // Subjects that many guilds have, and an empty ledger, make the planner believe in loops most of all. The second round
  // finds the rows of the first; the third is the second, delivered again.
  await t.admin`
    INSERT INTO karma SELECT g, 'old ' || n, 'Old', 0 FROM generate_series(1, 50) AS g, generate_series(1, 2000) AS n`;
  await t.admin`ANALYZE`;
  const [first, second] = [changes(), changes()];
  const again = statements(second);
  const rounds = [[applying(first, 1), ...statements(first)], [applying(second, 2), ...again], again];
  for (const round of rounds) {
    for (const [statement, parameters] of round) {
      const nodes = await planOf(t.db.sql, statement, parameters, true);
      const heaviest = nodes.toSorted((one, other) => rowsTouched(other) - rowsTouched(one))[0];
      expect(heaviest && rowsTouched(heaviest)).toBeGreaterThanOrEqual(size);
      expect(heaviest && rowsTouched(heaviest), JSON.stringify(heaviest)).toBeLessThanOrEqual(5 * size);
    }
    await t.admin`ANALYZE`;
  }
});

test('the work of taking back a full batch grows with the batch too', async () => {
  await using t = await openTestDatabase();
  const size = 1_000;
  const batchOf = (userId: string) =>
    Array.from({ length: size }, (_, n) =>
      changeKarma({ [`s${n}`]: 1, shared: 1 }, { guildId: String(n + 1), userId }),
    );
  const [undoing, deleting] = [batchOf('300'), batchOf('301')];
  for (const batch of [undoing, deleting]) await applyKarma(t.db, batch);
  const undos = undoing.map(({ guildId }) => undoRequest({ guildId }));
  const deletions = deleting.map((request) => undoDeletedRequest(request));
  const statements = [
    [UNDO, [toParameter(undos)]],
    [UNDO_DELETED, [toParameter(deletionRows(deletions))]],
  ] as const;
  for (const [statement, parameters] of statements) {
    const nodes = await planOf(t.db.sql, statement, parameters, true);
    const heaviest = nodes.toSorted((one, other) => rowsTouched(other) - rowsTouched(one))[0];
    // Two changes each.
    expect(heaviest && rowsTouched(heaviest)).toBeGreaterThanOrEqual(2 * size);
    expect(heaviest && rowsTouched(heaviest), JSON.stringify(heaviest)).toBeLessThanOrEqual(5 * size);
  }
  const rows = await t.admin`SELECT FROM karma WHERE karma <> 0`;
  expect(rows).toHaveLength(0);
});
