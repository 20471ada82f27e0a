import { backoffMs } from '@popple/shared/messaging/backoff';
import type { Log } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import type { APIInteractionResponse } from 'discord.js';
import type { InteractionApi, InteractionKey } from './interaction-api';

/**
 * For how long after an interaction was received a callback is sent. Discord takes one within 3 s of the interaction; the
 * rest is for both ways.
 */
const CALLBACK_WITHIN_MS = 2_500;
/** How long one try may take, so that there is time for another. */
const TRY_MS = 1_000;
const TRY_AGAIN_MS = 50;

/** From when on no callback can take effect any more, also one that was sent and is still on its way. */
export const CALLBACK_DEADLINE_MS = 4_000;
const LOOK_AGAIN_MS = 250;

export interface AcknowledgeContext {
  api: Pick<InteractionApi, 'callback' | 'original'>;
  log: Log;
  signal: AbortSignal;
}

/**
 * Sends a callback until Discord has taken it, or the time for it is over. `unclear`: it may have been taken, from this
 * process or another.
 */
export async function respondFirst(
  { api, log, signal }: AcknowledgeContext,
  key: InteractionKey,
  body: APIInteractionResponse,
  receivedAtMs: number,
): Promise<'acknowledged' | 'unclear' | 'too-late' | 'refused'> {
  const leftMs = () => receivedAtMs + CALLBACK_WITHIN_MS - performance.now();
  let outcome: 'too-late' | 'unclear' = 'too-late';
  while (leftMs() > 0 && !signal.aborted) {
    const result = await api.callback(key, body, Math.min(TRY_MS, leftMs()));
    if (result.outcome === 'acknowledged') return 'acknowledged';
    if (result.outcome === 'answered-before') return 'unclear';
    // An earlier try, or another process, may have been in time.
    if (result.outcome === 'unknown') return 'too-late';
    if (result.outcome === 'refused') {
      log.error(
        { interactionId: key.id },
        `Discord refused the response to an interaction: ${result.detail}`,
      );
      return 'refused';
    }
    log.debug({ interactionId: key.id }, `Discord did not take a callback: ${result.detail}`);
    outcome = 'unclear';
    await pause(TRY_AGAIN_MS, signal);
  }
  return outcome;
}

/**
 * Whether an interaction is deferred: the member was told that it is worked on, and has no reply yet. What Discord shows
 * decides, whoever sent the callback. Asks for as long as Discord cannot say, and until `untilMs` (of performance.now) for as
 * long as there is no response, because a callback may still be on its way. Undefined when the process stops first.
 */
export async function isDeferred(
  { api, log, signal }: AcknowledgeContext,
  key: Omit<InteractionKey, 'id'>,
  untilMs: number,
): Promise<boolean | undefined> {
  for (let failures = 0; !signal.aborted; ) {
    const askedAtMs = performance.now();
    const result = await api.original(key);
    switch (result.outcome) {
      case 'deferred':
        return true;
      case 'written':
        return false;
      case 'unknown':
        if (askedAtMs >= untilMs) return false;
        await pause(LOOK_AGAIN_MS, signal);
        break;
      default: {
        const pauseMs = backoffMs(failures, RETRY_PACES.discord);
        failures += 1;
        log.warn(
          `cannot look at the response to an interaction: ${result.detail}; trying again in ${pauseMs} ms`,
        );
        await pause(pauseMs, signal);
      }
    }
  }
  return undefined;
}

/**
 * Defers the reply to an interaction, and resolves to whether its request may count: the member was told that it is worked on.
 * Every other end is one after which the member tries again (Discord says that the application did not respond), or
 * was told that nothing happened. Undefined when the process stops before that is known.
 */
export async function deferReply(
  context: AcknowledgeContext,
  key: InteractionKey,
  body: APIInteractionResponse,
  receivedAtMs: number,
): Promise<boolean | undefined> {
  const outcome = await respondFirst(context, key, body, receivedAtMs);
  if (outcome === 'acknowledged') return true;
  const untilMs = outcome === 'unclear' ? receivedAtMs + CALLBACK_DEADLINE_MS : 0;
  return await isDeferred(context, key, untilMs);
}
