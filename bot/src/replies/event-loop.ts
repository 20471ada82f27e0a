import type { Event } from '@popple/shared/contract/event';
import { decodeEvent } from '@popple/shared/messaging/codec';
import { deadLetter } from '@popple/shared/messaging/dead-letter';
import { Inbox } from '@popple/shared/messaging/inbox';
import type { JetStream } from '@popple/shared/messaging/jetstream';
import { newerVersionDelayMs } from '@popple/shared/messaging/newer-version';
import type { DeadReason } from '@popple/shared/messaging/subjects';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { describeError } from '@popple/shared/observability/log';
import { crashPoint } from '@popple/shared/process/crash-point';
import type { KeyedQueue } from '@popple/shared/process/keyed-queue';
import type { Runner } from '@popple/shared/process/runner';
import type { Sparingly } from '@popple/shared/process/sparingly';
import { type JsMsg, NatsError } from 'nats';
import { givenBack, newerEvents, replies, replySeconds } from '../metrics';
import { postOnce } from './deliver';
import type { Outgoing, Response } from './outgoing';
import { render } from './render';
import type { RequestShare } from './request-share';
import { type RespondContext, respondOnce } from './respond';
import type { Turns } from './turns';

/** Most events in hand at once, waiting for their turn in a channel or for Discord. */
const MAX_IN_HAND = 512;
const RETRY_PAUSE_MS = 5_000;

/** A nak without a delay is a redelivery within microseconds, again and again. */
const GIVE_BACK_MS = 1;

export interface EventLoopContext extends RespondContext {
  jetstream: JetStream;
  queue: KeyedQueue;
  turns: Turns;
  share: RequestShare;
  /** When to say again that a server gets no replies: a flood of them would be as many lines. */
  notices: Sparingly;
}

async function deadLetterEvent(
  context: EventLoopContext,
  message: JsMsg,
  reason: DeadReason,
  detail: string,
): Promise<void> {
  await deadLetter(context.jetstream.client, message, { origin: 'event', reason, detail });
  context.log.error(
    { subject: message.subject, sequence: message.seq, reason, detail },
    'dead-lettered an event',
  );
}

/** Gives an event of a later contract version back for a newer bot, for some minutes; dead-letters any other. */
async function handleUnreadable(
  context: EventLoopContext,
  message: JsMsg,
  { reason, detail, isNewer }: Extract<ReturnType<typeof decodeEvent>, { ok: false }>,
): Promise<void> {
  const { deliveryCount } = message.info;
  const delayMs = isNewer ? newerVersionDelayMs(deliveryCount) : undefined;
  if (delayMs === undefined) return await deadLetterEvent(context, message, reason, detail);
  message.nak(delayMs);
  newerEvents.inc();
  if (deliveryCount === 1) context.log.warn('an event of a later release waits for a newer bot');
}

/** What became of an event, for the counter; undefined when it is given back for another process to reply to. */
type Outcome = 'posted' | 'stale' | 'gone' | 'known' | 'dead' | undefined;

async function postReply(
  context: EventLoopContext,
  message: JsMsg,
  outgoing: Outgoing | Response,
): Promise<Outcome> {
  const delivery =
    outgoing.kind === 'response' ? await respondOnce(context, outgoing) : await postOnce(context, outgoing);
  if (delivery.outcome === 'interrupted') return undefined;
  if (delivery.outcome === 'refused') {
    await deadLetterEvent(context, message, 'refused-by-discord', delivery.detail);
    return 'dead';
  }
  if (delivery.outcome !== 'known' && delivery.outcome !== 'stale') crashPoint('bot:after-remembered');
  return delivery.outcome;
}

/** Posts the reply to an event, then acks it. Killed in between, the memory and Discord's nonces prevent a second reply. */
async function postAndAck(
  context: EventLoopContext,
  message: JsMsg,
  outgoing: Outgoing | Response,
): Promise<void> {
  const outcome = await postReply(context, message, outgoing);
  if (outcome === undefined) return message.nak(GIVE_BACK_MS);
  if (outcome !== 'dead') message.ack();
  if (outcome === 'posted') replySeconds.observe((Date.now() - outgoing.askedAtMs) / 1_000);
  replies.inc({ outcome });
}

/**
 * Whether an event of before NATS lost its volume was replied to then. There may be tens of thousands of those at once, and
 * few still need a reply. What cannot be found out takes the ordinary way, which looks again.
 */
async function wasPostedBefore(
  { memory, posted, closed }: EventLoopContext,
  outgoing: Outgoing | Response,
): Promise<boolean> {
  if (!(await memory.isYoungerThan(outgoing.askedAtMs))) return false;
  if (outgoing.kind !== 'reply' || closed.isClosed('reply', outgoing)) return false;
  const look = await posted.look(outgoing, 0).catch(() => undefined);
  return look !== undefined && look.posted >= outgoing.contents.length;
}

/**
 * What becomes of an event that needs no turn, found before it waits for one: a consumer that has forgotten how far it was
 * delivers everything again, and nearly all of that has its reply. Undefined when it needs one.
 */
async function outcomeWithoutTurn(
  context: EventLoopContext,
  outgoing: Outgoing | Response,
  isBusy: boolean,
): Promise<'stale' | 'known' | undefined> {
  if (Date.now() - outgoing.askedAtMs > context.maxAgeMs) return 'stale';
  // Where nothing waits, a look at the memory first would cost every reply one more request.
  if (isBusy && (await context.memory.isPosted(outgoing.requestId))) return 'known';
  return (await wasPostedBefore(context, outgoing)) ? 'known' : undefined;
}

/** Acks an event without a reply: its server asks for far more than Discord lets a bot post there. */
function shed(
  context: EventLoopContext,
  message: JsMsg,
  { channelId, messageId }: Outgoing | Response,
  guildId: string,
): void {
  message.ack();
  replies.inc({ outcome: 'shed' });
  if (!context.notices.allows(guildId)) return;
  context.log.warn(
    { guildId, channelId, messageId },
    'no reply: too many replies wait in this server; said once a minute, popple_bot_answers_total{outcome="shed"} counts them all',
  );
}

/**
 * Takes events from the shared durable consumer and posts their replies, in order within a channel and in parallel across
 * channels, until the signal; then finishes what is being posted. What exceeds a channel's or a server's share of what is in
 * hand goes back to the stream for a while (`Turns`).
 * @throws ConsumerLostError when the durable consumer is gone; OperatorError when Discord refuses the token.
 */
export async function eventLoop(runner: Runner, context: EventLoopContext): Promise<void> {
  const { jetstream, queue, turns, share, log } = context;
  const { signal } = runner;
  const consumer = await jetstream.client.consumers.get(STREAMS.events, DURABLES.bot);
  const inbox = await Inbox.open(jetstream.connection, consumer, MAX_IN_HAND);
  const stopPulling = () => inbox.stop();
  signal.addEventListener('abort', stopPulling, { once: true });
  const inHand = new Set<Promise<void>>();

  const takeTurn = async (message: JsMsg, event: Event): Promise<void> => {
    const finish = (outcome: 'silent' | 'stale' | 'known'): void => {
      message.ack();
      replies.inc({ outcome });
    };
    const outgoing = render(event);
    if (outgoing === undefined) return finish('silent');
    const { channelId } = outgoing;
    const place = { guildId: event.guildId, channelId, sequence: message.seq };
    const outcome = await outcomeWithoutTurn(context, outgoing, turns.isBusy(place));
    if (outcome !== undefined) {
      turns.forget(place);
      return finish(outcome);
    }
    const turn = turns.ask(place);
    givenBack.set(turns.givenBack);
    if (turn.when === 'later') return message.nak(turn.delayMs);
    if (turn.when === 'never') return shed(context, message, outgoing, event.guildId);
    let beganMs: number | undefined;
    try {
      await queue.run(channelId, () =>
        share.run(() => {
          beganMs = performance.now();
          return postAndAck(context, message, outgoing);
        }),
      );
    } finally {
      turns.done(place, performance.now() - (beganMs ?? performance.now()));
    }
  };

  const handle = async (message: JsMsg): Promise<void> => {
    try {
      const decoded = decodeEvent(message.data, message.subject);
      if (!decoded.ok) await handleUnreadable(context, message, decoded);
      else await takeTurn(message, decoded.message);
    } catch (error) {
      // Not acked: it is delivered again, to this bot or to another.
      message.nak(RETRY_PAUSE_MS);
      if (error instanceof NatsError) log.warn(`an event waits for NATS: ${describeError(error)}`);
      else runner.fail(error);
    } finally {
      inbox.done(message);
    }
  };

  try {
    if (signal.aborted) inbox.stop();
    for (;;) {
      const batch = await inbox.take(MAX_IN_HAND);
      if (batch.length === 0) break;
      for (const message of batch) {
        const work = handle(message).finally(() => inHand.delete(work));
        inHand.add(work);
      }
      while (inHand.size >= MAX_IN_HAND) await Promise.race(inHand);
    }
    await Promise.all(inHand);
  } finally {
    inbox.giveBack(GIVE_BACK_MS);
  }
}
