import type { HistoryEntry, RefusalEntry } from '@popple/shared/contract/event';
import type { CheckHistory } from '@popple/shared/contract/request';
import type { Database } from '../client';
import { toParameter } from './ledger';

/** What an entry says of a row of the journal, and of what undid it. */
const ENTRY = `
      SELECT jsonb_strip_nulls(jsonb_build_object(
        'day', (extract(epoch FROM page.day) * 1000)::bigint, 'at', (extract(epoch FROM page.at) * 1000)::bigint,
        'requestId', page.request_id, 'place', page.place, 'display', coalesce(score.display, page.subject),
        'giverId', page.giver_id::text, 'delta', page.delta, 'reason', page.reason, 'channelId', page.channel_id::text,
        'undoneAt', (extract(epoch FROM undoing.at) * 1000)::bigint
      ))`;

/** The LIMIT keeps the planner from joining by another way than one look into the index for each entry. */
const WITH_MORE = `
      LEFT JOIN LATERAL (
        SELECT display FROM karma WHERE guild_id = page.guild_id AND subject = page.subject LIMIT 1
      ) AS score ON true
      LEFT JOIN LATERAL (
        SELECT at FROM undone WHERE request_id = page.request_id LIMIT 1
      ) AS undoing ON true`;

/**
 * Of each request one page and the first entry after it: what a subject received in order of time, what a member gave in order
 * of day and then of time, which is the same but on the days on which a server chooses another time zone. Both go backward
 * through an index and sort only what is of one time or of one day.
 */
export const CHECK_HISTORY = `
WITH request AS MATERIALIZED (
  SELECT
    id, to_timestamp(at / 1000) AS at, "guildId" AS guild_id, side, size, refusals, "userId" AS user_id,
    coalesce(subject ->> 'subject', '<@' || "userId" || '>') COLLATE "C" AS subject,
    coalesce("giverId", "userId") AS giver_id,
    to_timestamp(coalesce((before ->> 'day')::float8 / 1000, 'infinity')) AS before_day,
    to_timestamp(coalesce((before ->> 'at')::float8 / 1000, 'infinity')) AS before_at,
    coalesce(before ->> 'requestId', '') COLLATE "C" AS before_id,
    coalesce((before ->> 'place')::smallint, 0::smallint) AS before_place
  FROM jsonb_to_recordset($1::text::jsonb) AS request (
    id text, at float8, "guildId" bigint, side text, subject jsonb, "giverId" bigint, size integer, before jsonb,
    refusals boolean, "userId" bigint
  )
)
SELECT
  request.id,
  CASE request.side
    WHEN 'received' THEN to_jsonb(ARRAY(${ENTRY}
      FROM (
        SELECT * FROM journal
        WHERE guild_id = request.guild_id AND subject = request.subject AND at <= request.before_at
          AND undoes IS NULL
          AND (at, request_id, place) < (request.before_at, request.before_id, request.before_place)
        ORDER BY at DESC, request_id DESC, place DESC
        LIMIT request.size + 1
      ) AS page${WITH_MORE}
      ORDER BY page.at DESC, page.request_id DESC, page.place DESC
    ))
    ELSE to_jsonb(ARRAY(${ENTRY}
      FROM (
        SELECT * FROM journal
        WHERE guild_id = request.guild_id AND giver_id = request.giver_id AND day <= request.before_day
          AND undoes IS NULL
          AND (day, at, request_id, place)
            < (request.before_day, request.before_at, request.before_id, request.before_place)
        ORDER BY day DESC, at DESC, request_id DESC, place DESC
        LIMIT request.size + 1
      ) AS page${WITH_MORE}
      ORDER BY page.day DESC, page.at DESC, page.request_id DESC, page.place DESC
    ))
  END AS entries,
  CASE WHEN request.refusals THEN to_jsonb(ARRAY(
    SELECT jsonb_strip_nulls(jsonb_build_object(
      'at', (extract(epoch FROM ledger.at) * 1000)::bigint, 'requestId', request_id, 'display', change -> 'display',
      'delta', change -> 'delta', 'channelId', channel_id::text, 'verdict', verdict
    ))
    FROM ledger CROSS JOIN LATERAL ROWS FROM (
      jsonb_array_elements(changes), jsonb_array_elements(answer -> 'verdicts')
    ) WITH ORDINALITY AS judged (change, verdict, place)
    WHERE guild_id = request.guild_id AND user_id = request.user_id AND answer ? 'verdicts' AND kind = 'change-karma'
      AND ledger.at > request.at - interval '7 days' AND ledger.at <= request.at AND verdict ? 'refused'
    ORDER BY ledger.at DESC, request_id DESC, place DESC
    LIMIT request.size
  )) END AS refusals
FROM request`;

/** A page of a history. */
export interface HistoryPage {
  entries: HistoryEntry[];
  /** Whether there are older ones. */
  hasMore: boolean;
  refusals?: RefusalEntry[];
}

interface Row {
  id: string;
  entries: HistoryEntry[];
  refusals: RefusalEntry[] | null;
}

/**
 * The pages of history that up to 1,000 requests ask for, by request id, newest change first. Where a request says neither
 * whose history it asks for nor who asks, there is none. Refusals are the newest `size` of who asks, of the seven days before
 * the request, for as long as the ledger remembers them. Nothing is changed, so there is no ledger row: delivered again, the
 * request is answered with the history of that moment.
 * @throws what Postgres raises.
 */
export async function checkHistory(
  db: Database,
  requests: readonly CheckHistory[],
): Promise<Map<string, HistoryPage>> {
  if (requests.length === 0) return new Map();
  const batch = toParameter(requests);
  const rows = await db.run(({ sql }) => sql.unsafe<Row[]>(CHECK_HISTORY, [batch], { prepare: true }));
  const sizes = new Map(requests.map(({ id, size }) => [id, size]));
  return new Map(
    rows.map(({ id, entries, refusals }) => {
      const size = sizes.get(id) ?? 0;
      const page = { entries: entries.slice(0, size), hasMore: entries.length > size };
      return [id, refusals === null ? page : { ...page, refusals }];
    }),
  );
}
