import { fallbackOf } from '@popple/shared/contract/setting';

/** SQL: since when a change may be undone, of a row `request` with `at` (milliseconds) and `guild_id`, as its server has chosen. */
export const UNDOABLE_SINCE = `to_timestamp(at / 1000) - make_interval(secs => coalesce(
      (SELECT CASE jsonb_typeof(value) WHEN 'number' THEN value::float8 END FROM setting
        WHERE guild_id = request.guild_id AND key = 'undo-window' LIMIT 1),
      ${fallbackOf('undo-window', 'default')}
    ))`;
