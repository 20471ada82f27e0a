import { backoffMs } from '@popple/shared/messaging/backoff';
import { crashPoint } from '@popple/shared/process/crash-point';
import { pause } from '@popple/shared/process/pause';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import type { InteractionApi } from '../interactions/interaction-api';
import { INTERACTION_TOKEN_MS, type InteractionStore } from '../interactions/interaction-store';
import { type Delivery, postOnce, type ReplyContext } from './deliver';
import type { Response } from './outgoing';

/** A token is not used in its last half minute: what is sent then may arrive too late. */
const TOKEN_MARGIN_MS = 30_000;

export interface RespondContext extends ReplyContext {
  interactionApi: Pick<InteractionApi, 'editOriginal'>;
  interactionStore: Pick<InteractionStore, 'token'>;
}

/** What became of an edit of the first response; `unsaid`: the token has expired, or is not known. */
type Edit = Delivery | { outcome: 'unsaid' };

/** Writes the first response. Repeated, it changes nothing, so nothing about it can be in doubt. */
async function edit(context: RespondContext, response: Response): Promise<Edit> {
  const { interactionApi, interactionStore, log, signal, maxAgeMs } = context;
  const { askedAtMs, interactionId, applicationId } = response;
  const liveMs = Math.min(maxAgeMs, INTERACTION_TOKEN_MS - TOKEN_MARGIN_MS);
  for (let attempt = 0; ; attempt += 1) {
    if (Date.now() - askedAtMs > liveMs) return { outcome: 'unsaid' };
    if (signal.aborted) return { outcome: 'interrupted' };
    const token = await interactionStore.token(interactionId);
    if (token === undefined) return { outcome: 'unsaid' };
    const result = await interactionApi.editOriginal({ applicationId, token }, response);
    if (result.outcome === 'edited') return { outcome: 'posted' };
    if (result.outcome === 'gone') return { outcome: 'gone' };
    if (result.outcome === 'refused') return { outcome: 'refused', detail: result.detail };
    const pauseMs = backoffMs(attempt, RETRY_PACES.discord);
    log.warn(
      `Discord did not accept the reply to an interaction: ${result.detail}; trying again in ${pauseMs} ms`,
    );
    await pause(pauseMs, signal);
  }
}

/**
 * Replies to an interaction once, also when another bot tries the same: writes its first response, and posts the announcement
 * if there is one. A token that is expired, dead or unknown costs the response and nothing else: what can be said without
 * it is said, and the bot goes on.
 * @throws NatsError when the memory or the tokens cannot be asked; OperatorError when Discord no longer accepts the bot's token.
 */
export async function respondOnce(
  context: RespondContext,
  response: Response,
): Promise<Delivery | { outcome: 'known' }> {
  const { memory } = context;
  const { requestId, announcement } = response;
  if (await memory.isPosted(requestId)) return { outcome: 'known' };
  const edited = await edit(context, response);
  if (edited.outcome === 'interrupted') return edited;
  crashPoint('bot:after-response');
  const announced = announcement === undefined ? undefined : await postOnce(context, announcement);
  if (announced?.outcome === 'refused' || announced?.outcome === 'interrupted') return announced;
  if (edited.outcome === 'refused') return edited;
  if (announced === undefined) await memory.finish(requestId);
  if (edited.outcome === 'posted') return edited;
  return announced ?? { outcome: edited.outcome === 'unsaid' ? 'stale' : 'gone' };
}
