import type { Request } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import type { Outgoing } from '../answers/outgoing';
import {
  badAnnounceText,
  badBoardSizeText,
  directMessageText,
  helpText,
  mentionedText,
  nameTooLongText,
  tooManySubjectsText,
  unknownCommandText,
  uptimeText,
  versionText,
} from '../answers/texts';
import { type BotIdentity, parseMessage } from '../chat/parse-message';
import type { Intent } from '../commands/commands';
import { type ChatMessage, isFromMember } from './chat-message';

/**
 * What a message asks of the bot: to publish a request, to say something by itself, or nothing. Where `sparingly` is set
 * it is said once in a while only for each such key, because the message may not have asked for anything.
 */
export type Reading = { request: Request } | { outgoing: Outgoing; sparingly?: string } | undefined;

/** What a reading depends on beside the message. */
export interface Reader {
  identity: BotIdentity;
  /** When this process began, in milliseconds since the Unix epoch, for `uptime`. */
  startedAtMs: number;
}

const DIRECT_HELP = /^(?:<@!?\d+>\s*)?help\b/i;

function ownWords(intention: Intent, reader: Reader): string | undefined {
  switch (intention.kind) {
    case 'help':
      return helpText(`<@${reader.identity.id}>`);
    case 'uptime':
      return uptimeText(Date.now() - reader.startedAtMs);
    case 'version':
      return versionText();
    case 'mentioned':
      return mentionedText(`<@${reader.identity.id}>`);
    case 'unknown-command':
      return unknownCommandText(`<@${reader.identity.id}>`);
    case 'name-too-long':
      return nameTooLongText();
    case 'bad-board-size':
      return badBoardSizeText(intention.end);
    case 'bad-announce':
      return badAnnounceText();
    case 'too-many-subjects':
      return tooManySubjectsText(intention.count);
    default:
      return undefined;
  }
}

function toRequest(message: ChatMessage, guildId: string, intention: Intent): Request | undefined {
  const envelope = {
    v: CONTRACT_VERSION,
    id: message.id,
    guildId,
    channelId: message.channel_id,
    userId: message.author.id,
  } as const;
  switch (intention.kind) {
    case 'change-karma':
      return {
        ...envelope,
        kind: 'change-karma',
        changes: intention.changes.map(({ subject, display, delta }) => ({ subject, display, delta })),
      };
    case 'check-karma':
      return { ...envelope, kind: 'check-karma', subjects: intention.subjects };
    case 'check-board':
      return { ...envelope, kind: 'check-board', end: intention.end, size: intention.size };
    case 'change-announce':
      return { ...envelope, kind: 'change-announce', announce: intention.announce };
    default:
      return undefined;
  }
}

/** Decides what a message from the gateway asks for. Pure but for the clock in `uptime`. */
export function readMessage(message: ChatMessage, reader: Reader): Reading {
  if (!isFromMember(message)) return undefined;
  const target = {
    guildId: message.guild_id ?? undefined,
    channelId: message.channel_id,
    messageId: message.id,
  };
  const content = message.content ?? '';
  if (!message.guild_id) {
    if (DIRECT_HELP.test(content.trim())) {
      return { outgoing: { kind: 'reply', ...target, contents: [helpText(`<@${reader.identity.id}>`)] } };
    }
    const outgoing: Outgoing = { kind: 'reply', ...target, contents: [directMessageText()] };
    return { outgoing, sparingly: `user ${message.author.id}` };
  }
  const intention = parseMessage(content, reader.identity);
  if (intention.kind === 'nothing') return undefined;
  if (intention.kind === 'check-karma' && intention.subjects.length === 0) {
    return { outgoing: { kind: 'reaction', ...target, emoji: '❓' } };
  }
  const words = ownWords(intention, reader);
  if (words !== undefined) {
    const outgoing: Outgoing = { kind: 'reply', ...target, contents: [words] };
    const isPerhapsTalk = intention.kind === 'unknown-command';
    return isPerhapsTalk ? { outgoing, sparingly: `channel ${message.channel_id}` } : { outgoing };
  }
  const request = toRequest(message, message.guild_id, intention);
  return request === undefined ? undefined : { request };
}
