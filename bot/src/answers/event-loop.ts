import type { Event } from '@popple/shared/contract/event';
import { decodeEvent } from '@popple/shared/messaging/codec';
import { deadLetter } from '@popple/shared/messaging/dead-letter';
import { Inbox } from '@popple/shared/messaging/inbox';
import type { Session } from '@popple/shared/messaging/session';
import type { DeadReason } from '@popple/shared/messaging/subjects';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { describeError } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { Runner } from '@popple/shared/process/runner';
import type { JsMsg } from 'nats';
import { answers } from '../metrics';
import { AnsweredIds } from './answered-ids';
import { type DeliverContext, deliver } from './deliver';
import type { Lanes } from './lanes';
import { render } from './render';

/** Most events in hand at once, waiting for their turn in a channel or for Discord. */
const MAX_IN_HAND = 512;
const RETRY_PAUSE_MS = 5_000;

export interface EventLoopContext extends DeliverContext {
  session: Session;
  lanes: Lanes;
}

async function putAside(
  context: EventLoopContext,
  message: JsMsg,
  reason: DeadReason,
  detail: string,
): Promise<void> {
  await deadLetter(context.session.client, message, { origin: 'event', reason, detail });
  answers.inc({ outcome: 'dead' });
  context.log.error(
    { subject: message.subject, sequence: message.seq, reason, detail },
    'an event was put on POPPLE_DEAD',
  );
}

/** Says what an event has to say, then acks it: killed in between, Discord's nonce keeps it from being said twice. */
async function answer(
  context: EventLoopContext,
  answered: AnsweredIds,
  message: JsMsg,
  event: Event,
): Promise<void> {
  if (answered.has(event.id)) {
    message.ack();
    answers.inc({ outcome: 'known' });
    return;
  }
  const outgoing = render(event);
  const delivery =
    outgoing === undefined ? ({ outcome: 'silent' } as const) : await deliver(context, outgoing);
  if (delivery.outcome === 'interrupted') return message.nak(1);
  if (delivery.outcome === 'refused')
    return await putAside(context, message, 'refused-by-discord', delivery.detail);
  answered.add(event.id);
  message.ack();
  answers.inc({ outcome: delivery.outcome });
}

/**
 * Takes events from the shared durable consumer and says them, in order within a channel and in parallel across
 * channels, until the signal; then finishes what is being said.
 * @throws ConsumerLostError when the durable consumer is gone; OperatorError when Discord refuses the token.
 */
export async function eventLoop(runner: Runner, context: EventLoopContext): Promise<void> {
  const { session, lanes, log } = context;
  const { signal } = runner;
  const answered = new AnsweredIds();
  const consumer = await session.client.consumers.get(STREAMS.events, DURABLES.bot);
  const inbox = await Inbox.open(consumer, MAX_IN_HAND);
  const stopPulling = () => inbox.stop();
  signal.addEventListener('abort', stopPulling, { once: true });
  const inHand = new Set<Promise<void>>();

  const handle = async (message: JsMsg): Promise<void> => {
    try {
      const decoded = decodeEvent(message.data, message.subject);
      if (!decoded.ok) await putAside(context, message, decoded.reason, decoded.detail);
      else
        await lanes.run(decoded.message.channelId, () => answer(context, answered, message, decoded.message));
    } catch (error) {
      // Not settled: it comes again, and if it cannot be said the process says why and ends.
      message.nak(RETRY_PAUSE_MS);
      if (session.isConnected()) runner.fail(error);
      else log.warn(`an event waits for NATS: ${describeError(error)}`);
    } finally {
      inbox.settled(message);
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
    inbox.giveBack(1);
    // The acks are on their way to the socket; let them leave before the connection is closed.
    await pause(0, AbortSignal.timeout(1));
  }
}
