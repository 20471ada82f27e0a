import type { ChangeKarma } from '@popple/shared/contract/request';
import type { Applied, KarmaAnswer } from '../answer';
import type { Database } from '../client';
import { isLedgerConflict, isPastBound } from '../errors';
import { countAll, type Judge } from '../judging';
import { toParameters } from './apply-karma-parameters';
import { collect, distinct, type LedgerRow, untilUncontended } from './ledger';
import { readCounted } from './read-counted';
import { type Known, readKnown } from './read-known';

/**
 * Takes lists of equal length, as arrays (and as JSON what is stored as such): requests, changes that count, pairs, counters,
 * subjects. A change names its request by its place in the list, and says by how much its total is below that of its subject
 * after the batch. Each step waits for the one before by a count of its rows: journal, pairs, counters, karma, ledger.
 */
export const APPLY_KARMA = `
WITH request AS MATERIALIZED (
  SELECT * FROM ROWS FROM (
    unnest(
      $1::text::text[], $2::text::float8[], $3::text::bigint[], $4::text::bigint[], $5::text::bigint[],
      $6::text::boolean[]
    ),
    jsonb_array_elements($7::text::jsonb),
    jsonb_array_elements($8::text::jsonb)
  ) WITH ORDINALITY AS request (id, at, guild_id, channel_id, user_id, announce, changes, more, request)
),
change AS MATERIALIZED (
  SELECT *, subject COLLATE "C" AS key
  FROM unnest(
    $9::text::bigint[], $10::text::smallint[], $11::text::bigint[], $12::text::text[], $13::text::integer[],
    $14::text::bigint[], $15::text::text[], $16::text::float8[], $17::text::integer[]
  ) AS change (request, place, guild_id, subject, delta, later, reason, day, nth)
),
journaled AS (
  INSERT INTO journal (day, at, request_id, place, guild_id, giver_id, nth, subject, delta, channel_id, reason)
  SELECT
    to_timestamp(day / 1000), to_timestamp(at / 1000), id, place, request.guild_id, user_id, nth, subject, delta,
    channel_id, reason
  FROM change JOIN request USING (request)
  ORDER BY request.guild_id, user_id, day, nth
  RETURNING guild_id
),
pair AS MATERIALIZED (
  SELECT guild_id, giver_id, subject COLLATE "C" AS subject, to_timestamp(at / 1000) AS at, id, version
  FROM unnest(
    $18::text::bigint[], $19::text::bigint[], $20::text::text[], $21::text::float8[], $22::text::text[],
    $23::text::integer[]
  ) AS step (guild_id, giver_id, subject, at, id, version)
),
met AS (
  INSERT INTO cooldown (guild_id, giver_id, subject, at, request_id, version)
  SELECT guild_id, giver_id, subject, at, id, version FROM pair
  WHERE version = 1 AND (SELECT count(*) FROM journaled) >= 0
  ORDER BY 1, 2, 3
  RETURNING guild_id
),
paired AS (
  INSERT INTO cooldown (guild_id, giver_id, subject, at, request_id, version)
  SELECT guild_id, giver_id, subject, at, id, version FROM pair
  WHERE version > 1 AND (SELECT count(*) FROM met) >= 0
  ORDER BY 1, 2, 3
  ON CONFLICT (guild_id, giver_id, subject) DO UPDATE
    SET at = excluded.at, request_id = excluded.request_id,
      version = CASE WHEN cooldown.version = excluded.version - 1 THEN excluded.version ELSE 0 END
  RETURNING guild_id
),
counted AS (
  INSERT INTO counter (period, guild_id, scope, key, count, bound)
  SELECT to_timestamp(period / 1000), guild_id, scope COLLATE "C", key COLLATE "C", count, bound
  FROM unnest(
    $24::text::float8[], $25::text::bigint[], $26::text::text[], $27::text::text[], $28::text::integer[],
    $29::text::integer[]
  ) AS step (period, guild_id, scope, key, count, bound)
  WHERE (SELECT count(*) FROM paired) >= 0
  ORDER BY 1, 2, 3, 4
  ON CONFLICT (period, guild_id, scope, key) DO UPDATE
    SET count = counter.count + excluded.count, bound = excluded.bound
  RETURNING guild_id
),
upserted AS (
  INSERT INTO karma (guild_id, subject, display, karma)
  SELECT guild_id, subject COLLATE "C", display, delta
  FROM unnest($30::text::bigint[], $31::text::text[], $32::text::text[], $33::text::bigint[])
    AS sum (guild_id, subject, display, delta)
  WHERE (SELECT count(*) FROM counted) >= 0
  ORDER BY 1, 2
  ON CONFLICT (guild_id, subject) DO UPDATE SET karma = karma.karma + excluded.karma
  RETURNING guild_id, subject AS key, display, karma
),
summed AS MATERIALIZED (
  SELECT
    request,
    jsonb_agg(
      jsonb_build_object('display', display, 'karma', (upserted.karma - change.later)::text) ORDER BY place
    ) AS totals
  FROM change JOIN upserted USING (guild_id, key)
  GROUP BY request
),
entered AS (
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
  SELECT
    id COLLATE "C", 'change-karma', guild_id, channel_id, user_id, to_timestamp(at / 1000), changes,
    jsonb_build_object('announce', announce, 'totals', coalesce(totals, '[]'::jsonb)) || coalesce(more, '{}')
  FROM request LEFT JOIN summed USING (request)
  WHERE (SELECT count(*) FROM upserted) >= 0
  ORDER BY 1
  RETURNING request_id, kind, answer
)
SELECT request_id AS id, kind, answer, false AS known FROM entered`;

/** For how many batches a worker reads counters first, after one was past a limit: who is at a limit often writes on. */
const WARY_BATCHES = 64;
const wary = new WeakMap<Database, number>();

/** Whether this batch may be decided as if nothing had been counted before it. */
function mayHope(db: Database): boolean {
  const left = wary.get(db) ?? 0;
  if (left > 0) wary.set(db, left - 1);
  return left === 0;
}

/**
 * Applies up to 1,000 change-karma requests, each exactly once however often and by however many workers it is asked for,
 * and returns the answer to each, by request id. Requests count in the order given: three `x++` in one batch answer 1, 2
 * and 3. The spelling first seen is kept; `announce` is the guild's choice when it was read.
 *
 * What is known is read; `judge` says which of the changes count, by default all; one SQL statement writes it all. It enters
 * each change that counts into the journal, adds to pairs and counters, upserts the sum of each subject, works out each
 * request's own totals (the total after the batch, less what came after it), and enters the requests with their answers into
 * the ledger. One statement is one transaction: karma changes if and only if the ledger says so, and the ledger's primary key
 * lets one transaction only say so for an id.
 *
 * Two workers with the same id, in READ COMMITTED:
 * - The other has committed before the ids were read: this one finds the stored answer, and changes nothing.
 * - The other commits later, at any point. If this one comes to a row of the other's before that commit it waits there. In
 *   either case it then adds to the newest version of the row (ON CONFLICT DO UPDATE does, not to the one of its
 *   snapshot), and its ledger insert meets the other's row: 23505, everything is undone, and all is read again, now
 *   finding the id known.
 * - The other rolls back or dies: this one waited for it at a row lock or at the ledger's key, and goes on as the first.
 *
 * Two workers whose changes count against one limit: a giver's changes of a day are numbered, and the journal's index lets
 * nobody give a number twice (23505); a counter takes what both add, and its CHECK refuses the sum that exceeds the bound
 * (23514); a pair takes only the version after the one that was read, and its CHECK refuses another, as its key does where none
 * was there (23505). Everything is undone, and what was counted is read and decided again. So verdicts are those of some order of
 * the requests, one by one: a change that was let through was within its limits at the commit, and one that was refused had met
 * its limit when that was read, and counts never go down.
 *
 * Most often no server is at a limit. So a batch is first decided as if its counters were 0, without reading them: where their
 * CHECKs let the sums pass, what was counted before makes no difference. Only after a try that they refuse, or where the batch
 * alone meets a limit, they are read first, by that batch and the next ones. Numbers and pairs are always read.
 *
 * No deadlocks among workers: each takes its journal entries in order of (guild, giver, day, number), then its pairs, counters,
 * karma rows and ledger keys in order of theirs, and the first of each only after the last of those before, since every insert
 * first counts the rows of the one before. The order is that of "C", the same everywhere. What two workers seldom share comes
 * first, so that one waits for the other as late as possible.
 *
 * @throws a refusal (isRefusal) when a total would leave 64 bits (22003): nothing of the batch is applied, and it does
 * not say which request is to blame; RangeError above 1,000; LedgerKindError; LedgerContentionError; else a connection
 * error, after which it is not known whether the batch was applied: ask again.
 */
export async function applyKarma(
  db: Database,
  requests: readonly ChangeKarma[],
  judge: Judge = countAll,
): Promise<Map<string, Applied<KarmaAnswer>>> {
  if (requests.length === 0) return new Map();
  const batch = distinct(requests);
  const ids = batch.map(({ id }) => id);
  const guildIds = [...new Set(batch.map(({ guildId }) => guildId))];
  let read: Known<KarmaAnswer> | undefined;
  let isHopeful = mayHope(db);
  const beWary = () => {
    isHopeful = false;
    wary.set(db, WARY_BATCHES);
  };
  const rows = await untilUncontended(
    async () => {
      read ??= await readKnown<KarmaAnswer>(db, ids, guildIds);
      const { answers, settings, excluded } = read;
      const known = [...answers].map(([id, row]): LedgerRow<KarmaAnswer> => ({ id, ...row, known: true }));
      const fresh = batch.filter(({ id }) => !answers.has(id));
      if (fresh.length === 0) return known;
      const { wanted, decide } = judge(fresh, settings, excluded);
      let decision = decide(await readCounted(db, isHopeful ? { ...wanted, counters: [] } : wanted));
      if (decision.isGuess) {
        beWary();
        decision = decide(await readCounted(db, wanted));
      }
      const parameters = toParameters(fresh, decision, settings);
      const entered = await db.run(({ sql }) =>
        sql.unsafe<LedgerRow<KarmaAnswer>[]>(APPLY_KARMA, parameters, { prepare: true }),
      );
      return [...known, ...entered];
    },
    (error) => {
      if (isLedgerConflict(error)) read = undefined;
      if (isPastBound(error)) beWary();
    },
  );
  return collect(rows, 'change-karma');
}
