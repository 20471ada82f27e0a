import { expect, test } from 'bun:test';
import { openTestDatabase } from '../testing/database';
import { type PlanNode, planOf } from '../testing/plan';
import { changeAnnounce, changeKarma, checkBoard, checkKarma, GUILD } from '../testing/requests';
import { APPLY_KARMA } from './apply-karma';
import { CHANGE_ANNOUNCE } from './change-announce';
import { CHECK_BOARD } from './check-board';
import { CHECK_KARMA } from './check-karma';
import { toParameter } from './ledger';

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
    const nodes = await planOf(t.admin, CHECK_BOARD, toParameter([checkBoard(end, 10)]), true);
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
  const statements: [string, string][] = [
    [APPLY_KARMA, toParameter([changeKarma({ x: 1 })])],
    [CHANGE_ANNOUNCE, toParameter([changeAnnounce(true)])],
    [CHECK_KARMA, toParameter([checkKarma(['x'])])],
    [CHECK_BOARD, toParameter([checkBoard('top', 10)])],
  ];
  for (const [statement, parameter] of statements) {
    const nodes = await planOf(t.db.sql, statement, parameter);
    expect(named(nodes, /Seq Scan/)).toEqual([]);
  }
});

test('a full batch is joined by hashing, not by comparing every change with every subject', async () => {
  await using t = await openTestDatabase();
  const batch = Array.from({ length: 1_000 }, (_, n) => changeKarma({ [`s${n}`]: 1, shared: 1 }));
  const nodes = await planOf(t.db.sql, APPLY_KARMA, toParameter(batch));
  // The one loop that belongs there expands each request's changes.
  const loops = nodes.filter((node) => node['Node Type'] === 'Nested Loop');
  expect(loops.map((node) => node.Plans?.map((child) => child['Node Type']))).toEqual([
    ['CTE Scan', 'Function Scan'],
  ]);
});
