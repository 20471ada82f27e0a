import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import type { Request } from '@popple/shared/contract/request';
import { CONTRACT_VERSION } from '@popple/shared/contract/version';
import { type BotIdentity, parseMessage } from '../chat/parse-message';
import type { Asked } from '../commands/command';
import { actionFor } from '../commands/commands';
import { readDirectMessage } from '../commands/help';
import type { Outgoing, Target } from '../replies/outgoing';
import { outgoing } from '../replies/render';
import { type ChatMessage, isFromMember } from './chat-message';
import { withMemberFacts } from './member-facts';

/**
 * What a message asks of the bot: to publish a request (replied to at `target`), to reply by itself, or nothing. Where
 * `refusal` is set, only who may manage the server may ask, and all others get it. Where `sparingly` is set, the reply is made
 * once in a while only for each such key, because the message may not have asked for anything.
 */
export type MessageAction =
  | { request: Request; target: Target; refusal?: Outgoing }
  | { outgoing: Outgoing; sparingly?: string }
  | undefined;

/** What that depends on beside the message. */
export interface ReadContext {
  identity: BotIdentity;
  /** When this process began, in milliseconds since the Unix epoch, for `uptime`. */
  startedAtMs: number;
}

function toRequest(message: ChatMessage, guildId: string, asked: Asked): Request {
  const { id, channel_id: channelId, author } = message;
  const origin = { kind: 'message', channelId, messageId: id, userId: author.id } as const;
  return { v: CONTRACT_VERSION, id, at: snowflakeTimeMs(id), guildId, origin, ...asked };
}

/** Decides what a message from the gateway asks for. Pure but for the clock in `uptime`. */
export function readMessage(message: ChatMessage, { identity, startedAtMs }: ReadContext): MessageAction {
  if (!isFromMember(message)) return undefined;
  const guildId = message.guild_id ?? undefined;
  const content = message.content ?? '';
  const intent = guildId === undefined ? readDirectMessage(content) : parseMessage(content, identity);
  if (intent.kind === 'nothing') return undefined;
  const action = actionFor(intent, { mention: `<@${identity.id}>`, startedAtMs });
  const target = {
    requestId: message.id,
    askedAtMs: snowflakeTimeMs(message.id),
    guildId,
    channelId: message.channel_id,
    messageId: message.id,
  };
  if ('reply' in action) {
    const local = { outgoing: outgoing(target, action.reply) };
    if (action.sparingly === undefined) return local;
    const who = action.sparingly === 'user' ? message.author.id : message.channel_id;
    return { ...local, sparingly: `${action.sparingly} ${who}` };
  }
  // There are no commands in direct messages.
  if (guildId === undefined) return undefined;
  const { ask } = action;
  const asked = ask.kind === 'change-karma' ? withMemberFacts(ask, message) : ask;
  const request = toRequest(message, guildId, asked);
  const { managersOnly } = action;
  return { request, target, ...(managersOnly && { refusal: outgoing(target, managersOnly) }) };
}
