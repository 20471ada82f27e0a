/** Most subjects one message may change or ask for; past it the message does nothing and the bot says so. */
export const MAX_SUBJECTS = 25;

/** Longest subject, in UTF-16 code units, after normalisation and as displayed. */
export const MAX_SUBJECT_LENGTH = 128;

/** Longest request id, in characters. */
export const MAX_REQUEST_ID_LENGTH = 128;

/** Longest emoji, in UTF-16 code units: sequences of joined people have some tens. */
export const MAX_EMOJI_LENGTH = 64;

/** Longest name of an operator, in UTF-16 code units. */
export const MAX_OPERATOR_LENGTH = 128;

/** Most entries on a board. */
export const MAX_BOARD_SIZE = 100;

/** The lowest rank that a board begins at: past it Postgres would skip too many rows. */
export const MAX_BOARD_FROM = 10_000;

/** Entries on a board when nobody says how many. */
export const DEFAULT_BOARD_SIZE = 10;

/** Most that one message may change one subject by: Discord's longest message holds fewer operators than this. */
export const MAX_DELTA = 10_000;

/** Most by which a moderator adjusts karma at once: the journal has 32 bits for it. */
export const MAX_ADJUSTMENT = 1_000_000_000;

/** Longest reason for a change, in UTF-16 code units. */
export const MAX_REASON_LENGTH = 200;

/** Most subjects that one query finds: as many choices as Discord's autocomplete shows. */
export const MAX_FOUND_SUBJECTS = 25;

/** Longest key of a setting. */
export const MAX_SETTING_KEY_LENGTH = 64;

/** Most settings that a server has chosen, those of other releases included. */
export const MAX_SETTINGS = 1_000;

/** Most roles of a member that a request names: Discord lets a server have 250. */
export const MAX_ROLES = 250;

/** Most changes on one page of the history, and most refusals beside them. */
export const MAX_HISTORY_SIZE = 25;

/** Most entries of the audit log that one query reads. */
export const MAX_AUDIT_SIZE = 100;

/** Most requests of a member that one request of a moderator takes back. */
export const MAX_UNDONE_AT_ONCE = 1_000;
