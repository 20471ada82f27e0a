import { expect, test } from 'bun:test';
import postgres from 'postgres';
import type { Database } from '../client';
import { openTestDatabase } from '../testing/database';
import type { PlanNode } from '../testing/plan';
import { changeKarma, GUILD } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { FIND_SUBJECTS, findSubjects } from './find-subjects';
import { beginNameIndex, endNameIndex, indexNames, needsNameIndex } from './index-names';

const OTHER_GUILD = '5';
const find = (text: string, limit = 25) => ({ guildId: GUILD, text, limit });

/** Makes the index of a server, as svc does. */
async function indexAll(db: Database, guildId: string): Promise<void> {
  await beginNameIndex(db, guildId);
  let last: string | undefined = '';
  while (last !== undefined) last = await indexNames(db, guildId, last);
  await endNameIndex(db, guildId);
}

/** As many names as make reading all of them too much. */
const MANY = 30_000;

test('names that begin with the text come first, then those that have it elsewhere, by their keys', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [
    changeKarma({ 'Build bot': 1, 'the build': 1, Rebuild: 2, BUILD: 1, other: 1 }),
    changeKarma({ 'a build elsewhere': 1 }, { guildId: OTHER_GUILD }),
  ]);
  expect(await findSubjects(t.db, find('build'))).toEqual(['BUILD', 'Build bot', 'Rebuild', 'the build']);
  expect(await findSubjects(t.db, find('build', 3))).toEqual(['BUILD', 'Build bot', 'Rebuild']);
  expect(await findSubjects(t.db, find('build', 1))).toEqual(['BUILD']);
  expect(await findSubjects(t.db, find('ot'))).toEqual(['other', 'Build bot']);
  expect(await findSubjects(t.db, find('nothing like it'))).toEqual([]);
  expect(await findSubjects(t.db, find(''))).toEqual(['BUILD', 'Build bot', 'other', 'Rebuild', 'the build']);
});

test('the spelling is the one first seen, and a name is found once however often it is changed', async () => {
  await using t = await openTestDatabase();
  for (const spelling of ['Alice', 'ALICE', 'alice'])
    await applyKarma(t.db, [changeKarma({ [spelling]: 1 })]);
  expect(await findSubjects(t.db, find('ali'))).toEqual(['Alice']);
});

test('members are not found, whatever is looked for', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ '<@175928847299117063>': 1, 'a <@b': 1 })]);
  expect(await findSubjects(t.db, find('<@'))).toEqual(['a <@b']);
  expect(await findSubjects(t.db, find(''))).toEqual(['a <@b']);
});

test.each(['%', '_', '\\', "'", '%build%', 'ǆ', '🏗️', '東京', '\u{10FFFD}'])(
  'the text %p stands for itself',
  async (text) => {
    await using t = await openTestDatabase();
    await applyKarma(t.db, [changeKarma({ [`x${text}y`]: 1, [`${text}z`]: 1, unrelated: 1 })]);
    expect(await findSubjects(t.db, find(text))).toEqual([`${text}z`, `x${text}y`]);
  },
);

test('a subject that is removed is not found, and found again when it is back', async () => {
  await using t = await openTestDatabase();
  await beginNameIndex(t.db, GUILD);
  await applyKarma(t.db, [changeKarma({ Gone: 1, Here: 1 })]);
  await t.admin`DELETE FROM karma WHERE subject = 'gone'`;
  expect(await findSubjects(t.db, find(''))).toEqual(['Here']);
  await applyKarma(t.db, [changeKarma({ GONE: 1 })]);
  expect(await findSubjects(t.db, find(''))).toEqual(['GONE', 'Here']);
  const names = await t.admin`SELECT display FROM subject_name ORDER BY subject`;
  expect(names.map(({ display }) => display)).toEqual(['GONE', 'Here']);
});

test('a statement that is undone leaves no name', async () => {
  await using t = await openTestDatabase();
  const tooMuch = Array.from({ length: 2 }, () => changeKarma({ overflown: 1 }));
  await t.admin`INSERT INTO karma VALUES (${GUILD}, 'full', 'Full', 9223372036854775807)`;
  await expect(applyKarma(t.db, [...tooMuch, changeKarma({ Full: 1 })])).rejects.toThrow();
  expect(await findSubjects(t.db, find(''))).toEqual(['Full']);
});

test('among many names, each is found by any three characters of it, and those of other servers are not', async () => {
  await using t = await openTestDatabase();
  await t.admin`
    INSERT INTO karma
    SELECT guild, 'name ' || n, 'Name ' || n, 5
    FROM unnest(ARRAY[${GUILD}, ${OTHER_GUILD}]::bigint[]) AS guild, generate_series(1, ${MANY}) AS n`;
  await indexAll(t.db, GUILD);
  await indexAll(t.db, OTHER_GUILD);
  // The last in order of their keys: nowhere near those that are read from end to end.
  await applyKarma(t.db, [
    changeKarma({ 'zz the gizmo': 1, 'zz 東京タワー': 1 }),
    changeKarma({ 'zz a gizmo': 1 }, { guildId: OTHER_GUILD }),
  ]);
  for (const text of ['giz', 'izm', 'zmo', 'gizmo', 'the giz']) {
    expect(await findSubjects(t.db, find(text))).toEqual(['zz the gizmo']);
  }
  expect(await findSubjects(t.db, find('京タワ'))).toEqual(['zz 東京タワー']);
  expect(await findSubjects(t.db, find('zz'))).toEqual(['zz the gizmo', 'zz 東京タワー']);
  expect(await findSubjects(t.db, find('ame 29999'))).toEqual(['Name 29999']);
  // Every name has it: as many as asked for, each once.
  const found = await findSubjects(t.db, find('ame'));
  expect(new Set(found).size).toBe(25);
  // Too short for the index: only in front of a name, and among the first.
  expect(await findSubjects(t.db, find('iz'))).toEqual([]);
});

interface ExplainedNode extends PlanNode {
  'Subplan Name'?: string;
}

type Explained = { 'QUERY PLAN': { Plan: ExplainedNode }[] }[];

/** How each of the three steps reads names: by which indexes, or `none` for a table read whole. */
function indexesUsed(rows: Explained): Record<string, string[]> {
  const used: Record<string, string[]> = {};
  const walk = (node: ExplainedNode, outer: string) => {
    const name = node['Subplan Name'];
    const step = name?.startsWith('CTE ') ? name.slice('CTE '.length) : outer;
    const index = node['Node Type'] === 'Seq Scan' ? 'none' : node['Index Name'];
    if (index !== undefined) used[step] = [...(used[step] ?? []), index];
    for (const child of node.Plans ?? []) walk(child, step);
  };
  for (const row of rows) for (const { Plan } of row['QUERY PLAN']) walk(Plan, 'displays');
  return used;
}

/** The look for what a name is displayed as has two indexes to choose from, as in check-karma. */
function withoutDisplays(rows: Explained): Record<string, string[]> {
  const { displays: _, ...steps } = indexesUsed(rows);
  return steps;
}

test.each(['force_custom_plan', 'force_generic_plan'])(
  'each step has its index, in tables small and large (%s)',
  async (mode) => {
    await using t = await openTestDatabase();
    // One session, as a worker has it: see client.ts.
    const sql = postgres(t.url, {
      max: 1,
      connection: { plan_cache_mode: mode, enable_seqscan: 'off' } as never,
    });
    const explain = async () =>
      withoutDisplays(
        await sql.unsafe<Explained>(`EXPLAIN (FORMAT JSON) EXECUTE find_subjects (${GUILD}, 'gizmo', 25)`),
      );
    const expected = {
      beginning: ['karma_guild_id_subject_pk', 'karma_guild_id_subject_pk'],
      among_most: ['karma_board'],
      elsewhere: ['subject_name_grams'],
    };
    await sql.unsafe(`PREPARE find_subjects AS ${FIND_SUBJECTS}`).simple();
    expect(await explain()).toEqual(expected);
    await t.admin`ANALYZE`;
    expect(await explain()).toEqual(expected);
    await t.admin`
      INSERT INTO karma SELECT ${GUILD}::bigint, 'name ' || n, 'Name ' || n, 5 FROM generate_series(1, ${MANY}) AS n`;
    expect(await explain()).toEqual(expected);
    await t.admin`ANALYZE`;
    expect(await explain()).toEqual(expected);
    await sql.end({ timeout: 5 });
  },
);

test('only a large server needs the index, until it is complete; entries are made once, whoever makes them', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  await t.admin`
    INSERT INTO karma SELECT ${GUILD}::bigint, 'name ' || n, 'Name ' || n, 5 FROM generate_series(1, ${MANY}) AS n`;
  await applyKarma(t.db, [changeKarma({ 'a gizmo': 1, '<@1>': 1 }, { guildId: OTHER_GUILD })]);
  expect(await needsNameIndex(t.db, GUILD)).toBe(true);
  expect(await needsNameIndex(t.db, OTHER_GUILD)).toBe(false);
  // Changed before the index is begun, while it is made, and after it.
  await applyKarma(t.db, [changeKarma({ 'zz gizmo one': 1 })]);
  expect(await findSubjects(t.db, find('gizmo'))).toEqual([]);
  await beginNameIndex(t.db, GUILD);
  await applyKarma(t.db, [changeKarma({ 'zz gizmo two': 1 })]);
  expect(await needsNameIndex(t.db, GUILD)).toBe(true);
  await Promise.all([indexAll(t.db, GUILD), indexAll(other, GUILD)]);
  await applyKarma(t.db, [changeKarma({ 'zz gizmo three': 1, 'zz gizmo two': 1, '<@12345>': 1 })]);
  expect(await needsNameIndex(t.db, GUILD)).toBe(false);
  expect(await findSubjects(t.db, find('gizmo'))).toEqual(['zz gizmo one', 'zz gizmo three', 'zz gizmo two']);
  const [row] = await t.admin`SELECT count(*)::integer AS names FROM subject_name`;
  expect(row).toEqual({ names: MANY + 3 });
});

test('the names of a small server are not kept apart', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ one: 1, two: 1 })]);
  expect((await t.admin`SELECT FROM subject_name`).length).toBe(0);
});

test('names on both sides of very many members are read', async () => {
  await using t = await openTestDatabase();
  await t.admin`
    INSERT INTO karma SELECT ${GUILD}::bigint, '<@' || n || '>', '<@' || n || '>', 0 FROM generate_series(1, ${MANY}) AS n`;
  await applyKarma(t.db, [changeKarma({ '#1 fan': 1, 'the fans': 1, 'fan mail': 1 })]);
  expect(await findSubjects(t.db, find('fan'))).toEqual(['fan mail', '#1 fan', 'the fans']);
  expect(await findSubjects(t.db, find('', 2))).toEqual(['#1 fan', 'fan mail']);
});
