import type { Total } from '@popple/shared/contract/event';
import { dropUnseen, foldWhiteSpace } from '../chat/subjects/subject';

const MENTION = /^<@\d+>$/;

/** Acts anywhere: escapes, code, emphasis, and Discord's own markup (`<#1>`, `<t:0>`) or a quoted line. */
const ALWAYS = String.raw`[\\\x60*_<>]`;
/** Acts in pairs: struck out, spoilers. */
const PAIRED = String.raw`~(?=~)|(?<=~)~|\|(?=\|)|(?<=\|)\|`;
/** `[label](address)`. */
const MASKED_LINK = String.raw`\[(?=.*\]\()|\](?=\()`;
/** Pings nobody, but is shown as if it did. */
const EVERYBODY = '@(?=everyone|here)';
/** A URL of any scheme. */
const URL = ':(?=//)';
/**
 * What clients and Discord's crawler take for a link without a scheme: `www.`, and a host with a path, such as
 * `discord.gg/x`, which would be shown as an invitation.
 */
const HOST = String.raw`(?<=www)\.|(?<=[\p{L}\p{N}])\.(?=[\p{L}\p{N}.\-]*\p{L}[\p{L}\p{N}\-]*/)`;
/** Headings, lists and small print, which begin a line. */
const LINE_START = String.raw`^(?:#{1,3}|-#|[+\-])(?=\s)|(?<=^\d+)\.(?=\s|$)`;

const ACTIVE = new RegExp([LINE_START, ALWAYS, PAIRED, MASKED_LINK, EVERYBODY, URL, HOST].join('|'), 'giu');

/**
 * A subject as it is written in a message: what would act as markdown, a mention, a link, an invitation or a timestamp is
 * shown instead, and what cannot be seen is left out first, or it would hide from this what Discord sees. A member
 * (`<@id>`) is left as it is, so that Discord shows the name; replies never ping. At most twice as long as `display`.
 */
export function escapeSubject(display: string): string {
  if (MENTION.test(display)) return display;
  return foldWhiteSpace(dropUnseen(display)).replace(ACTIVE, String.raw`\$&`);
}

/** How much karma a subject has, as a line of a reply. At most 300 characters. */
export function totalText({ display, karma }: Total): string {
  return `${escapeSubject(display)} has ${karma} karma.`;
}

/** A change with its sign: `+1`, `−2`. */
export const signed = (delta: number): string => `${delta > 0 ? '+' : '−'}${Math.abs(delta)}`;
