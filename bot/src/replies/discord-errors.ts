import { DiscordAPIError, HTTPError, RESTJSONErrorCodes } from 'discord.js';

/**
 * What a failed call to Discord means for what was to be posted:
 * - `later`: Discord or the way to it is not well; the same call may go through later.
 * - `gone`: the channel or message is gone, or the bot may not post there. Final, and nobody's fault.
 * - `unauthorized`: the token is not valid any more. No request succeeds until an operator fixes it.
 * - `refused`: Discord does not accept the call itself. Final, and worth a look.
 */
export type FailureMeaning = 'later' | 'gone' | 'unauthorized' | 'refused';

const MEANING_BY_STATUS: ReadonlyMap<number, FailureMeaning> = new Map([
  [401, 'unauthorized'],
  [403, 'gone'],
  [404, 'gone'],
  [408, 'later'],
  [429, 'later'],
]);

/** Reads an error of discord.js's REST. What has no HTTP status (network, time out) may go through later. */
export function meaningOf(error: unknown): FailureMeaning {
  if (!(error instanceof DiscordAPIError || error instanceof HTTPError)) return 'later';
  return MEANING_BY_STATUS.get(error.status) ?? (error.status >= 500 ? 'later' : 'refused');
}

/** Whether Discord refused because the bot may not: what it asked for now, it would refuse again. */
export function isForbidden(error: unknown): boolean {
  return (error instanceof DiscordAPIError || error instanceof HTTPError) && error.status === 403;
}

/** Whether a reply was refused because the bot may not read what it replies to; without the reference it may stand. */
export function lacksHistory(error: unknown): boolean {
  return (
    error instanceof DiscordAPIError &&
    error.code === RESTJSONErrorCodes.CannotReplyWithoutPermissionToReadMessageHistory
  );
}
