import type { Refusal, Refused } from '@popple/shared/contract/verdict';

const WHY: Readonly<Record<Refusal, string>> = {
  channel: 'Karma is not counted in this channel.',
  'giver-blocked': 'You cannot change karma in this server: who manages it has blocked that.',
  'giver-opted-out': 'You have opted out of karma, so your changes are not counted.',
  'giver-role': 'Your roles do not let you change karma in this server.',
  'account-age': 'Your Discord account is too new to change karma in this server.',
  'member-age': 'You have not been in this server for long enough to change karma.',
  'receiver-bot': 'Bots have no karma in this server.',
  'receiver-blocked': 'The karma of this member cannot be changed: who manages this server has blocked that.',
  'receiver-opted-out': 'This member has opted out of karma.',
  'receiver-role': 'The roles of this member keep their karma from being changed.',
  self: 'You cannot change your own karma.',
  'self-ignored': 'Changes of your own karma are not counted in this server.',
  negative: 'Karma cannot be taken in this server.',
  'negative-without-reason': 'Who takes karma in this server has to give a reason.',
  cooldown: 'You changed the karma of this member a short while ago.',
  quota: 'You have used up the changes that you have for today.',
  'receiver-limit': 'This member has been given as much karma as one can get in a day.',
  flood: 'Too much karma is changing in this server right now.',
  deleted: 'The message was deleted before its karma was counted.',
};

const isKnown = (refused: string): refused is Refusal => Object.hasOwn(WHY, refused);

/** Why a change did not count, for the member who asked for it, and from when on it would. */
export function refusalText({ refused, until }: Refused): string {
  const why = isKnown(refused) ? WHY[refused] : 'The rules of this server do not let this count.';
  return until === undefined ? why : `${why} It counts again <t:${Math.ceil(until / 1_000)}:R>.`;
}
