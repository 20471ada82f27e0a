import { AsyncLocalStorage } from 'node:async_hooks';
import { backoffMs } from '@popple/shared/messaging/backoff';
import { describeError, type Log } from '@popple/shared/observability/log';
import { crashPoint } from '@popple/shared/process/crash-point';
import { OperatorError } from '@popple/shared/process/operator-error';
import { pause } from '@popple/shared/process/pause';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { MessageFlags, type REST, type RESTPostAPIChannelMessageJSONBody, Routes } from 'discord.js';
import type { ClosedChannels } from './closed-channels';
import { isForbidden, lacksHistory, meaningOf } from './discord-errors';
import type { InvalidRequests } from './invalid-requests';
import type { Outgoing, Reaction, Reply } from './outgoing';
import type { PostedInChannels } from './posted-in-channels';
import type { ReplyMemory } from './reply-memory';

/** How it ended. `interrupted`: the process is stopping, and it is not posted. */
export type Delivery =
  | { outcome: 'posted' | 'stale' | 'gone' | 'interrupted' }
  | { outcome: 'refused'; detail: string };

export interface DeliverContext {
  rest: REST;
  log: Log;
  signal: AbortSignal;
  /** What is posted already, where the memory does not have it. */
  posted: PostedInChannels;
  /** A reply to a message older than this is not posted. */
  maxAgeMs: number;
  closed: ClosedChannels;
  /** What Discord refused lately, of all bots. */
  invalid: Pick<InvalidRequests, 'problem'>;
  /** How long Discord is sure to know a nonce, in milliseconds; 60 s unless given. */
  nonceMemoryMs?: number;
}

export interface ReplyContext extends DeliverContext {
  memory: ReplyMemory;
}

/** How long Discord is relied on to know a nonce. Documented is "the past few minutes"; this is the cautious reading. */
const NONCE_MEMORY_MS = 60_000;

/**
 * Which part of that time may have passed when a post is sent; the rest is for the post to arrive (a request ends after
 * 15 s at the latest).
 */
const SEND_SHARE = 0.75;

/** Which part of the time that may pass before a post is sent a look may be old already. */
const LOOK_SHARE = 0.25;

/** The nonce of a chunk: the message's id, and for the chunks after the first their number. At most 25 characters. */
function nonceOf(reply: Reply, chunk: number): string {
  return chunk === 0 ? reply.messageId : `${reply.messageId}.${chunk}`;
}

/** Reacts on Discord; repeated, it changes nothing. @throws what discord.js's REST throws. */
async function react(rest: REST, { channelId, messageId, emoji }: Reaction): Promise<void> {
  await rest.put(Routes.channelMessageOwnReaction(channelId, messageId, encodeURIComponent(emoji)));
}

/**
 * Posts one chunk of a reply. Repeated while Discord knows the nonce (a few minutes), it posts nothing new. Replies never
 * ping anyone, and have no reference when the message they refer to was deleted or `withReference` is false.
 * @throws what discord.js's REST throws; rate limits are waited for by it.
 * @see https://discord.com/developers/docs/resources/message#create-message
 */
async function post(rest: REST, reply: Reply, chunk: number, withReference: boolean): Promise<void> {
  const { channelId, messageId, contents } = reply;
  const body: RESTPostAPIChannelMessageJSONBody = {
    content: contents[chunk] ?? '',
    ...(withReference ? { message_reference: { message_id: messageId, fail_if_not_exists: false } } : {}),
    allowed_mentions: { parse: [], replied_user: false },
    // What members write is escaped; a link that gets through all the same has no preview.
    flags: MessageFlags.SuppressEmbeds,
    nonce: nonceOf(reply, chunk),
    enforce_nonce: true,
  };
  crashPoint('bot:before-post');
  await rest.post(Routes.channelMessages(channelId), { body });
  crashPoint('bot:after-discord-200');
}

/** A request was not sent because its time had passed. Nothing of it has reached the network. */
class SendTooLateError extends Error {
  override name = 'SendTooLateError';

  constructor() {
    super('the time in which this could be sent without being posted twice had passed');
  }
}

const sendBeforeMs = new AsyncLocalStorage<number>();

/**
 * Runs `work`, whose requests to Discord are refused with `SendTooLateError` once it is `beforeMs` (milliseconds since the
 * Unix epoch), however long they have waited for a rate limit, for a retry of the library's, or because the process was
 * frozen. What remains is a freeze in the microseconds between the look at the clock and the write to the socket.
 */
function sendingBefore<Result>(beforeMs: number, work: () => Promise<Result>): Promise<Result> {
  return sendBeforeMs.run(beforeMs, work);
}

/** To be called last before a request is sent. @throws SendTooLateError when its time has passed. */
export function mayStillSend(): void {
  const beforeMs = sendBeforeMs.getStore();
  if (beforeMs !== undefined && Date.now() >= beforeMs) throw new SendTooLateError();
}

/** How far a delivery is. */
interface Progress {
  /** How many chunks are known to be posted. */
  posted: number;
  /** Since when another process, or an earlier try of this one, may have posted more. */
  unseenSinceMs: number;
}

/** How often to look whether few enough requests were refused lately. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Waits while so much was refused lately that one more request would be a risk; resolves to why the reply is not to be posted
 * after all, if it is not.
 */
async function untilSafe(
  { invalid, signal, maxAgeMs }: DeliverContext,
  { askedAtMs }: Outgoing,
): Promise<'stale' | 'interrupted' | undefined> {
  const isStale = () => Date.now() - askedAtMs > maxAgeMs;
  while (invalid.problem() !== undefined && !signal.aborted && !isStale()) await pause(LOOK_AGAIN_MS, signal);
  if (isStale()) return 'stale';
  return signal.aborted ? 'interrupted' : undefined;
}

/** Posts what is missing of a reply, with a look into the channel first where nonces may no longer help. */
async function postMissing(context: DeliverContext, reply: Reply, progress: Progress): Promise<void> {
  const { rest, posted, closed, nonceMemoryMs = NONCE_MEMORY_MS } = context;
  const sendableMs = nonceMemoryMs * SEND_SHARE;
  while (progress.posted < reply.contents.length) {
    // A look is as old as its request: a process that is frozen while it looks has to look again.
    const nowMs = Date.now();
    if (nowMs - progress.unseenSinceMs >= sendableMs) {
      const look = await posted.look(reply, nowMs - sendableMs * LOOK_SHARE);
      progress.posted = Math.max(progress.posted, look.posted);
      progress.unseenSinceMs = look.asOfMs;
      continue;
    }
    const withReference = reply.isUnreferenced !== true && !closed.isClosed('reference', reply);
    try {
      await sendingBefore(progress.unseenSinceMs + sendableMs, () =>
        post(rest, reply, progress.posted, withReference),
      );
    } catch (error) {
      if (!withReference || !lacksHistory(error)) throw error;
      closed.close('reference', reply);
      continue;
    }
    if (withReference) closed.opened('reference', reply);
    progress.posted += 1;
  }
}

/**
 * Posts a reply or a reaction, and tries again while Discord cannot take it and the message is young enough.
 *
 * `unseenSinceMs` (milliseconds since the Unix epoch) is since when another process may have been posting it: it took the
 * event over because this process stopped for a while, or this one takes it over. While Discord is sure to know the nonce
 * of what was posted since then, posting is safe. Later, nothing is sent before a look into the channel, and that is
 * decided by the clock at the last moment before the request leaves: a process that was frozen in the middle sends nothing
 * when it thaws.
 * @throws OperatorError when Discord no longer accepts the token.
 */
export async function deliver(
  context: DeliverContext,
  outgoing: Outgoing,
  unseenSinceMs = Date.now(),
): Promise<Delivery> {
  const { rest, log, signal, closed } = context;
  const progress: Progress = { posted: 0, unseenSinceMs };
  for (let attempt = 0; ; attempt += 1) {
    const outcome = await untilSafe(context, outgoing);
    if (outcome !== undefined) return { outcome };
    try {
      if (outgoing.kind === 'reaction') await react(rest, outgoing);
      else await postMissing(context, outgoing, progress);
      closed.opened(outgoing.kind, outgoing);
      return { outcome: 'posted' };
    } catch (error) {
      // The next attempt looks into the channel.
      if (error instanceof SendTooLateError) continue;
      const meaning = meaningOf(error);
      const detail = describeError(error);
      if (meaning === 'gone') {
        const { guildId, channelId, messageId } = outgoing;
        const minutes = isForbidden(error) ? closed.close(outgoing.kind, outgoing) / 60_000 : 0;
        const next = minutes > 0 ? `; nothing is tried there for ${minutes} minutes` : '';
        log.warn({ guildId, channelId, messageId }, `cannot reply in this channel: ${detail}${next}`);
        return { outcome: 'gone' };
      }
      if (meaning === 'refused') return { outcome: 'refused', detail };
      if (meaning === 'unauthorized') {
        throw new OperatorError('Discord does not accept DISCORD_TOKEN any more; give the bot a valid one', {
          cause: error,
        });
      }
      const pauseMs = backoffMs(attempt, RETRY_PACES.discord);
      log.warn(`Discord did not accept a reply: ${detail}; trying again in ${pauseMs} ms`);
      await pause(pauseMs, signal);
    }
  }
}

/**
 * Posts a reply once, also when another bot tries the same: an attempt is recorded before it is made, and its success after
 * it. A reply that is too old, goes to a closed channel, or comes while the process is stopping is not recorded as attempted, so
 * it is not in doubt later. What Discord refused stays an attempt, for the caller to dead-letter.
 * @throws NatsError when the memory cannot be asked; OperatorError when Discord no longer accepts the token.
 */
export async function postOnce(
  context: ReplyContext,
  outgoing: Outgoing,
): Promise<Delivery | { outcome: 'known' }> {
  const { memory, closed } = context;
  const outcome = await untilSafe(context, outgoing);
  if (outcome !== undefined) return { outcome };
  if (closed.isClosed(outgoing.kind, outgoing)) return { outcome: 'gone' };
  const knowledge = await memory.begin(outgoing.requestId, outgoing.askedAtMs);
  if (knowledge.state === 'posted') return { outcome: 'known' };
  const delivery = await deliver(context, outgoing, knowledge.sinceMs);
  if (delivery.outcome !== 'interrupted' && delivery.outcome !== 'refused')
    await memory.finish(outgoing.requestId);
  return delivery;
}
