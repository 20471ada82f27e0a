import { channelIdOf, operatorOf, userIdOf } from '@popple/shared/contract/origin';
import type { Moderation, ModerationKind } from '@popple/shared/contract/request';
import type { Applied, ModerationAnswers } from '../answer';
import type { Database } from '../client';
import { collect, distinct, type LedgerRow, untilUncontended } from './ledger';

/** What was told of a subject that was merged or removed: how much karma it had; left out where nobody had changed it. */
export interface ToldKarma {
  karma?: string;
}

/** What moderators were told of a request, by its id; undefined where it was never answered. */
export type ToldKarmas = (id: string) => ToldKarma | undefined;

/** Nobody was told anything yet. */
export const NO_KARMA_TOLD: ToldKarmas = () => undefined;

/** Of a request that was told: how much karma its subject had, or that it had none. */
export const TOLD_COLUMNS = `
    (more -> 'told' ->> 'karma')::bigint AS told, coalesce(more -> 'told' = '{}', false) AS was_nothing`;

/** What differs between the statements of moderators' requests. */
interface Steps {
  kind: ModerationKind;
  /** The columns that `fresh` has beside those of every request, read from `asked` and `more`. */
  columns: string;
  /**
   * Steps that do what is asked for each row of `fresh`, the last of which is `outcome`: `target`, `details` and `answer`, and
   * a row if and only if `fresh` has one. They take their locks in the order of APPLY_KARMA.
   */
  effect: string;
}

/**
 * A statement that takes one request as JSON text, does what it asks unless the ledger has it, and enters it into the ledger and
 * into the audit log. The ledger comes first: two workers with one request meet at its key.
 */
export const moderationStatement = ({ kind, columns, effect }: Steps): string => `
WITH request AS MATERIALIZED (
  SELECT
    id, to_timestamp(at / 1000) AS at, "guildId" AS guild_id, "channelId" AS channel_id, "userId" AS user_id, operator,
    reason, asked, more
  FROM jsonb_to_record($1::text::jsonb) AS request (
    id text COLLATE "C", at float8, "guildId" bigint, "channelId" bigint, "userId" bigint, operator text, reason text,
    asked jsonb, more jsonb
  )
),
known AS MATERIALIZED (
  SELECT request_id, kind, answer FROM ledger WHERE request_id = ANY (ARRAY(SELECT id FROM request))
),
fresh AS MATERIALIZED (
  SELECT *, ${columns} FROM request WHERE id NOT IN (SELECT request_id FROM known)
),${effect},
entered AS (
  INSERT INTO ledger (request_id, kind, guild_id, channel_id, user_id, at, changes, answer)
  SELECT id, '${kind}', guild_id, channel_id, user_id, at, asked, answer FROM fresh CROSS JOIN outcome
  RETURNING request_id, kind, answer
),
audited AS (
  INSERT INTO audit (guild_id, at, request_id, kind, user_id, operator, target, details, reason)
  SELECT guild_id, at, id, '${kind}', user_id, operator, target, details, reason FROM fresh CROSS JOIN outcome
  WHERE (SELECT count(*) FROM entered) > 0
)
SELECT request_id AS id, kind, answer, false AS known FROM entered
UNION ALL
SELECT request_id, kind, answer, true FROM known`;

/** The one parameter of such a statement; `more` is what it has to know beside the request. */
export function moderationParameter(request: Moderation, more: object = {}): string {
  const { v: _, kind: _kind, id, at, guildId, origin, reason, ...asked } = request;
  return JSON.stringify({
    id,
    at,
    guildId,
    channelId: channelIdOf(origin),
    userId: userIdOf(origin),
    operator: operatorOf(origin),
    reason,
    asked,
    more,
  });
}

/**
 * Applies up to 1,000 requests of moderators, in order, each by one statement and exactly once (as applyKarma does, which see),
 * and returns the answer to each, by request id. Moderators ask for little, and one request may need what the one before did to
 * the same subject, which one statement for both could not see. When one fails, those before it stay applied.
 * @throws what applyKarma throws.
 */
export async function applyModeration<K extends ModerationKind>(
  db: Database,
  kind: K,
  statement: string,
  requests: readonly Moderation<K>[],
  more: (request: Moderation<K>) => Promise<object> | object = () => ({}),
): Promise<Map<string, Applied<ModerationAnswers[K]>>> {
  const applied: LedgerRow<ModerationAnswers[K]>[] = [];
  for (const request of distinct(requests)) {
    const parameter = moderationParameter(request, await more(request));
    const rows = await untilUncontended(() =>
      db.run(({ sql }) =>
        sql.unsafe<LedgerRow<ModerationAnswers[K]>[]>(statement, [parameter], { prepare: true }),
      ),
    );
    applied.push(...rows);
  }
  return collect(applied, kind);
}
