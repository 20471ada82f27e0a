import type { Request } from '@popple/shared/contract/request';
import { KeyedQueue } from '@popple/shared/process/keyed-queue';
import { Sparingly } from '@popple/shared/process/sparingly';
import type { BotIdentity } from '../chat/parse-message';
import { messagesRead } from '../metrics';
import type { Outgoing, Target } from '../replies/outgoing';
import type { ChatMessage } from './chat-message';
import type { HarmlessMessages } from './harmless-messages';
import type { LocalReplies } from './local-replies';
import { type Outbox, OVER_SHARE } from './outbox';
import { type ReadContext, readMessage } from './read-message';
import type { RuleFacts } from './rule-facts';
import type { ServerManagers } from './server-managers';

/** How often a hint is posted to whoever may not have asked for it (or whose server is refused), and for how many places that
 * is kept. */
const HINT_EVERY_MS = 600_000;
const HINTS_REMEMBERED = 10_000;

/** How the bot is addressed. */
export function identityOf(user: {
  id: string;
  username: string;
  global_name?: string | null | undefined;
}): BotIdentity {
  return { id: user.id, names: user.global_name ? [user.username, user.global_name] : [user.username] };
}

/** Handles a message: resolves when what it asks for is in the stream, or replied to; undefined when it asks for nothing. */
export type HandleMessage = (message: ChatMessage) => Promise<void> | undefined;

export interface MessageHandlerOptions {
  context: ReadContext;
  outbox: Pick<Outbox, 'add'>;
  localReplies: Pick<LocalReplies, 'post'>;
  managers: Pick<ServerManagers, 'mayManage'>;
  facts: Pick<RuleFacts, 'complete'>;
  /** Receives messages that change no karma. */
  harmless?: Pick<HarmlessMessages, 'add'>;
  /** Aborted when the process is stopping. */
  signal: AbortSignal;
  /** Ends the process with an error. */
  fail(error: unknown): void;
}

/** Handles messages from wherever they come: live, replayed after a RESUME, or from a backfill. */
export function makeMessageHandler(options: MessageHandlerOptions): HandleMessage {
  const { context, outbox, localReplies, managers, facts, harmless, signal, fail } = options;
  const hints = new Sparingly(HINT_EVERY_MS, HINTS_REMEMBERED);
  /** By channel: requests that wait for facts, and those behind them. Other channels do not wait. */
  const waiting = new KeyedQueue();

  const publish = async (request: Request, target: Target): Promise<void> => {
    if ((await outbox.add(request)) === 'stored') return;
    if (hints.allows(`share ${request.guildId}`))
      await localReplies.post({ kind: 'reply', ...target, contents: [OVER_SHARE] });
  };

  /** Ends the process, unless it is stopping; the message is not handled, and a successor receives it again. */
  const giveUp = async (error: unknown): Promise<never> => {
    if (!signal.aborted) fail(error);
    return await new Promise<never>(() => undefined);
  };

  /** Publishes when the request is complete, after those of its channel that came before it. */
  const publishInTurn = async (complete: Request | Promise<Request>, target: Target): Promise<void> => {
    const request = Promise.resolve(complete);
    // Those before it may take longer.
    request.catch(() => undefined);
    return await publish(await waiting.run(target.channelId, () => request).catch(giveUp), target);
  };

  const publishComplete = (message: ChatMessage, request: Request, target: Target): Promise<void> => {
    const isBackfilled = !message.member;
    const complete = request.kind === 'change-karma' ? facts.complete(request, isBackfilled) : request;
    return complete instanceof Promise || waiting.has(target.channelId)
      ? publishInTurn(complete, target)
      : publish(complete, target);
  };

  /** The message is not handled before it is known whether its author may: a successor receives it again. */
  const publishIfManager = async (
    message: ChatMessage,
    request: Request,
    target: Target,
    refusal: Outgoing,
  ): Promise<void> => {
    const { guildId } = request;
    const userId = message.author.id;
    try {
      const roles = message.member?.roles ?? undefined;
      if (await managers.mayManage({ guildId, userId, roles })) return await publish(request, target);
    } catch (error) {
      return await giveUp(error);
    }
    await localReplies.post(refusal);
  };

  return (message) => {
    messagesRead.inc();
    const action = readMessage(message, context);
    const isChange = action !== undefined && 'request' in action && action.request.kind === 'change-karma';
    if (!isChange) harmless?.add(message.id);
    if (action === undefined) return undefined;
    if ('request' in action) {
      const { request, target, refusal } = action;
      return refusal === undefined
        ? publishComplete(message, request, target)
        : publishIfManager(message, request, target, refusal);
    }
    const { outgoing, sparingly } = action;
    return sparingly === undefined || hints.allows(sparingly) ? localReplies.post(outgoing) : undefined;
  };
}
