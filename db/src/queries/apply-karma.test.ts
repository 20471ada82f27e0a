import { expect, test } from 'bun:test';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { isRefusal, isTransient, LedgerContentionError, LedgerKindError } from '../errors';
import { type Counted, countAll, type GuildSettings, type Judge } from '../judging';
import { openTestDatabase } from '../testing/database';
import { countEach, wantEach } from '../testing/judges';
import { changeAnnounce as announceRequest, changeKarma, GUILD } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { changeSetting } from './change-setting';

type Answers = Awaited<ReturnType<typeof applyKarma>>;

function totalsOf(answers: Answers, request: ChangeKarma): string[] | undefined {
  return answers.get(request.id)?.answer.totals.map(({ display, karma }) => `${display} ${karma}`);
}

test('changes are added up, answered in the order of the request, and kept', async () => {
  await using t = await openTestDatabase();
  const first = changeKarma({ zed: 2, alice: 1, bob: -1 });
  expect(await applyKarma(t.db, [first])).toEqual(
    new Map([
      [
        first.id,
        {
          known: false,
          answer: {
            announce: true,
            totals: [
              { display: 'zed', karma: '2' },
              { display: 'alice', karma: '1' },
              { display: 'bob', karma: '-1' },
            ],
          },
        },
      ],
    ]),
  );
  const second = changeKarma({ bob: 3, alice: -5 });
  expect(totalsOf(await applyKarma(t.db, [second]), second)).toEqual(['bob 2', 'alice -4']);
  const rows = await t.admin`SELECT guild_id, subject, display, karma FROM karma ORDER BY subject`;
  expect([...rows]).toEqual([
    { guild_id: GUILD, subject: 'alice', display: 'alice', karma: '-4' },
    { guild_id: GUILD, subject: 'bob', display: 'bob', karma: '2' },
    { guild_id: GUILD, subject: 'zed', display: 'zed', karma: '2' },
  ]);
});

test('requests on one subject in one batch each get their own total, in the order given', async () => {
  await using t = await openTestDatabase();
  await applyKarma(t.db, [changeKarma({ x: 10 })]);
  const batch = [
    changeKarma({ x: 1, y: 1 }),
    changeKarma({ y: 5 }),
    changeKarma({ x: 1 }),
    changeKarma({ y: -2, x: 1 }),
  ];
  // The order given is not the order of the ids.
  const shuffled = [batch[3], batch[1], batch[0], batch[2]].filter((request) => request !== undefined);
  const answers = await applyKarma(t.db, shuffled);
  expect(shuffled.map((request) => totalsOf(answers, request))).toEqual([
    ['y -2', 'x 11'],
    ['y 3'],
    ['x 12', 'y 4'],
    ['x 13'],
  ]);
});

test('three x++ in one batch answer 1, 2 and 3', async () => {
  await using t = await openTestDatabase();
  const batch = [changeKarma({ x: 1 }), changeKarma({ x: 1 }), changeKarma({ x: 1 })];
  const answers = await applyKarma(t.db, batch);
  expect(batch.map((request) => totalsOf(answers, request))).toEqual([['x 1'], ['x 2'], ['x 3']]);
});

test('a request delivered again changes nothing and gets the answer it got then', async () => {
  await using t = await openTestDatabase();
  const request = changeKarma({ x: 1 });
  const first = await applyKarma(t.db, [request]);
  await applyKarma(t.db, [changeKarma({ x: 1 })]);
  await changeSetting(t.db, [announceRequest(false)]);
  const again = await applyKarma(t.db, [request]);
  expect(again.get(request.id)).toEqual({
    known: true,
    answer: { announce: true, totals: [{ display: 'x', karma: '1' }] },
  });
  expect(first.get(request.id)?.known).toBe(false);
  const [row] = await t.admin`SELECT karma FROM karma`;
  expect(row?.karma).toBe('2');
});

test('known and new requests in one batch, and one of them twice, count once each', async () => {
  await using t = await openTestDatabase();
  const known = changeKarma({ x: 1 });
  await applyKarma(t.db, [known]);
  const fresh = changeKarma({ x: 1 });
  const answers = await applyKarma(t.db, [fresh, known, fresh, { ...fresh, changes: known.changes }]);
  expect([...answers.keys()].sort()).toEqual([known.id, fresh.id].sort());
  expect(totalsOf(answers, fresh)).toEqual(['x 2']);
  expect(totalsOf(answers, known)).toEqual(['x 1']);
  const [row] = await t.admin`SELECT karma FROM karma`;
  expect(row?.karma).toBe('2');
});

test('the spelling first seen is kept, within a batch too', async () => {
  await using t = await openTestDatabase();
  const batch = [changeKarma({ Alice: 1 }), changeKarma({ ALICE: 1 })];
  const answers = await applyKarma(t.db, batch);
  expect(batch.map((request) => totalsOf(answers, request))).toEqual([['Alice 1'], ['Alice 2']]);
  const later = changeKarma({ aLiCe: 1 });
  expect(totalsOf(await applyKarma(t.db, [later]), later)).toEqual(['Alice 3']);
});

test('guilds do not share subjects', async () => {
  await using t = await openTestDatabase();
  const here = changeKarma({ x: 1 });
  const there = changeKarma({ x: 5 }, { guildId: '9223372036854775807' });
  const answers = await applyKarma(t.db, [here, there]);
  expect(totalsOf(answers, here)).toEqual(['x 1']);
  expect(totalsOf(answers, there)).toEqual(['x 5']);
});

test.each([
  [undefined, 'for the cake'],
  ['keep', 'for the cake'],
  ['require-for-negative', 'for the cake'],
  ['off', null],
])('where reasons are %s, that of a change is %p', async (choice, reason) => {
  await using t = await openTestDatabase();
  if (choice !== undefined)
    await t.admin`INSERT INTO setting VALUES (${GUILD}, 'reasons', ${t.admin.json(choice)}, now(), 'test')`;
  const request = changeKarma({ alice: 1 });
  const changes = request.changes.map((change) => ({ ...change, reason: 'for the cake' }));
  const seen: unknown[] = [];
  const judge: Judge = (requests, settings) => {
    seen.push(...requests.map((one) => one.changes[0]?.reason));
    return countAll(requests, settings);
  };
  await applyKarma(t.db, [{ ...request, changes }], judge);
  expect(seen).toEqual(['for the cake']);
  const [row] = await t.admin`
    SELECT journal.reason, changes -> 0 ->> 'reason' AS kept FROM journal JOIN ledger USING (request_id)`;
  expect(row).toEqual({ reason, kept: reason });
});

test('each guild of a batch has its own announce setting', async () => {
  await using t = await openTestDatabase();
  await changeSetting(t.db, [
    announceRequest(false, { guildId: '5' }),
    announceRequest(true, { guildId: '6' }),
  ]);
  const batch = ['4', '5', '6'].map((guildId) => changeKarma({ x: 1 }, { guildId }));
  const answers = await applyKarma(t.db, batch);
  expect(batch.map(({ id }) => answers.get(id)?.answer.announce)).toEqual([true, false, true]);
});

test('text of every kind survives, as subject and in the answer', async () => {
  await using t = await openTestDatabase();
  const subjects = [
    '🍕',
    'é',
    '日本語',
    '👩‍👩‍👧',
    'a"b\\c',
    '{x,y}',
    "o'hare",
    '$1',
    '<@123>',
    '\u{10ffff}',
    'null',
  ];
  const request: ChangeKarma = {
    ...changeKarma({}),
    changes: subjects.map((subject) => ({ subject, display: subject, delta: 1 })),
  };
  const answers = await applyKarma(t.db, [request]);
  expect(answers.get(request.id)?.answer.totals.map(({ display }) => display)).toEqual(subjects);
  const rows = await t.admin<{ subject: string }[]>`SELECT subject FROM karma`;
  expect(rows.map(({ subject }) => subject).sort()).toEqual([...subjects].sort());
});

test('the ledger says who changed what by how much, where, and what was answered', async () => {
  await using t = await openTestDatabase();
  const request = changeKarma({ Foo: 2 }, { channelId: '111', userId: '222' });
  await applyKarma(t.db, [request]);
  const [row] = await t.admin`SELECT *, now() - applied_at < interval '1 minute' AS recent FROM ledger`;
  expect(row).toMatchObject({
    request_id: request.id,
    kind: 'change-karma',
    guild_id: GUILD,
    channel_id: '111',
    user_id: '222',
    at: new Date(snowflakeTimeMs(request.id)),
    changes: [{ subject: 'foo', display: 'Foo', delta: 2 }],
    answer: { announce: true, totals: [{ display: 'Foo', karma: '2' }] },
    recent: true,
  });
});

test('a request that no message caused has a key and a time of its own, and counts once', async () => {
  await using t = await openTestDatabase();
  const at = Date.parse('2026-07-01T02:00:00.123Z');
  const request: ChangeKarma = {
    ...changeKarma({ x: 1 }),
    id: 'import.karma-csv.7',
    at,
    origin: { kind: 'operator', who: 'ops@host' },
  };
  for (const known of [false, true])
    expect((await applyKarma(t.db, [request])).get(request.id)).toMatchObject({ known });
  const rows = await t.admin`SELECT request_id, channel_id, user_id, at FROM ledger`;
  expect([...rows]).toEqual([{ request_id: request.id, channel_id: null, user_id: null, at: new Date(at) }]);
});

test('a total beyond 64 bits is refused, and nothing of the batch is applied', async () => {
  await using t = await openTestDatabase();
  await t.admin`INSERT INTO karma VALUES (${GUILD}, 'max', 'max', 9223372036854775806), (${GUILD}, 'min', 'min', -9223372036854775807)`;
  const good = changeKarma({ ok: 1 });
  for (const bad of [changeKarma({ max: 2 }), changeKarma({ min: -2 })]) {
    const error = await applyKarma(t.db, [good, bad]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: '22003' });
    expect(isRefusal(error)).toBe(true);
  }
  expect(await t.admin`SELECT FROM ledger`).toHaveLength(0);
  const edge = [changeKarma({ max: 1 }), changeKarma({ min: -1 }), good];
  const answers = await applyKarma(t.db, edge);
  expect(edge.map((request) => totalsOf(answers, request))).toEqual([
    ['max 9223372036854775807'],
    ['min -9223372036854775808'],
    ['ok 1'],
  ]);
});

test('a batch that would pass 64 bits only on the way is refused too, as one by one it would be', async () => {
  await using t = await openTestDatabase();
  await t.admin`INSERT INTO karma VALUES (${GUILD}, 'max', 'max', 9223372036854775807)`;
  const over = changeKarma({ max: 1 });
  const back = changeKarma({ max: -1 });
  await expect(applyKarma(t.db, [over, back])).rejects.toMatchObject({ code: '22003' });
  expect(totalsOf(await applyKarma(t.db, [back, over]), over)).toEqual(['max 9223372036854775807']);
});

test('an id that the ledger knows as another kind is refused, and the rest of the batch counts', async () => {
  await using t = await openTestDatabase();
  const setting = announceRequest(false);
  await changeSetting(t.db, [setting]);
  const good = changeKarma({ x: 1 });
  const bad = changeKarma({ x: 1 }, { id: setting.id });
  const error = await applyKarma(t.db, [good, bad]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LedgerKindError);
  expect(isRefusal(error)).toBe(true);
  expect((await applyKarma(t.db, [good])).get(good.id)?.known).toBe(true);
});

test('a batch that other workers are always ahead of is given up after ten tries, with nothing applied', async () => {
  await using t = await openTestDatabase();
  // Sequences are not rolled back, so this one counts the tries.
  await t.admin.unsafe(`
    CREATE SEQUENCE tries;
    CREATE FUNCTION always_second() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM nextval('tries');
      RAISE EXCEPTION 'taken' USING ERRCODE = '23505', TABLE = 'ledger';
    END $$;
    CREATE TRIGGER always_second BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION always_second();`);
  const error = await applyKarma(t.db, [changeKarma({ x: 1 })]).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LedgerContentionError);
  expect(isTransient(error)).toBe(true);
  expect(await t.admin`SELECT last_value AS tries FROM tries`).toMatchObject([{ tries: '10' }]);
  expect(await t.admin`SELECT FROM karma`).toHaveLength(0);
});

test('a batch that others are ahead of at a count is decided again, more often', async () => {
  await using t = await openTestDatabase();
  await t.admin.unsafe(`
    CREATE SEQUENCE tries;
    CREATE FUNCTION second_for_a_while() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF nextval('tries') <= 30 THEN
        RAISE EXCEPTION 'taken' USING ERRCODE = '23505', SCHEMA = 'journal_months';
      END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER second_for_a_while BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION second_for_a_while();`);
  const request = changeKarma({ x: 1 });
  expect(totalsOf(await applyKarma(t.db, [request]), request)).toEqual(['x 1']);
  expect(await t.admin`SELECT last_value AS tries FROM tries`).toMatchObject([{ tries: '31' }]);
});

test('where another took a number, the ledger is not read again, nor a counter; one that is past its bound is read', async () => {
  await using t = await openTestDatabase();
  const settingsOf: ReadonlyMap<string, GuildSettings>[] = [];
  const read: (number | undefined)[] = [];
  const judge: Judge = (requests, settings) => {
    settingsOf.push(settings);
    const decide = ({ givers, counters, pairs }: Counted) => {
      read.push(counters[0]);
      return countEach(requests, (pairs[0]?.version ?? 0) + 1, (givers[0] ?? 0) + 1);
    };
    return { wanted: wantEach(requests), decide };
  };
  await applyKarma(t.db, [changeKarma({ x: 1 })], judge);
  await t.admin.unsafe(`
    CREATE SEQUENCE tries;
    CREATE FUNCTION second_twice() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      CASE nextval('tries')
        WHEN 1 THEN RAISE EXCEPTION 'taken' USING ERRCODE = '23505', SCHEMA = 'journal_months';
        WHEN 2 THEN RAISE EXCEPTION 'past' USING ERRCODE = '23514', CONSTRAINT = 'counter_within_bound';
        ELSE RETURN NEW;
      END CASE;
    END $$;
    CREATE TRIGGER second_twice BEFORE INSERT ON journal FOR EACH ROW EXECUTE FUNCTION second_twice();`);
  const request = changeKarma({ x: 1 });
  expect(totalsOf(await applyKarma(t.db, [request], judge), request)).toEqual(['x 2']);
  expect(read).toEqual([undefined, undefined, undefined, 1]);
  expect(new Set(settingsOf.slice(1)).size).toBe(1);
});

test('nothing asked is nothing done, and more than a thousand at once is an error', async () => {
  await using t = await openTestDatabase();
  expect(await applyKarma(t.db, [])).toEqual(new Map());
  const thousand = Array.from({ length: 1_000 }, () => changeKarma({ x: 1, y: -1 }));
  const answers = await applyKarma(t.db, thousand);
  expect(thousand.map((request) => totalsOf(answers, request))).toEqual(
    thousand.map((_, index) => [`x ${index + 1}`, `y ${-index - 1}`]),
  );
  await expect(applyKarma(t.db, [...thousand, changeKarma({ x: 1 })])).rejects.toThrow(RangeError);
});
