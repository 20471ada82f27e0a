import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import type { JetStreamManager } from 'nats';
import { type Speed, speed, WARM_UP_SHARE } from '../measure/steady';

const LOOK_EVERY_MS = 20;
const PATIENCE_MS = 300_000;

async function storedAtMs(manager: JetStreamManager, sequence: number): Promise<number> {
  const { time } = await manager.streams.getMessage(STREAMS.events, { seq: sequence });
  return time.getTime();
}

/**
 * Waits until `count` events are stored, telling `onLook` at each look how many there are.
 * @throws Error when they are not within five minutes.
 */
export async function untilEvents(
  manager: JetStreamManager,
  count: number,
  onLook: (stored: number) => void = () => {},
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const { state } = await manager.streams.info(STREAMS.events);
    onLook(state.messages);
    if (state.messages >= count) return;
    if (Date.now() > deadline) {
      throw new Error(`${state.messages} of ${count} events after ${PATIENCE_MS / 1_000} s`);
    }
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

/** Waits until every request is acked. */
export async function untilAcked(manager: JetStreamManager): Promise<void> {
  for (;;) {
    const info = await manager.consumers.info(STREAMS.requests, DURABLES.svc);
    if (info.num_pending === 0 && info.num_ack_pending === 0) return;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

/** The speed at which `count` events were stored, by the server's clock, without the share that warms up. */
export async function eventSpeed(
  manager: JetStreamManager,
  count: number,
  warmUpShare = WARM_UP_SHARE,
): Promise<Speed> {
  const first = Math.max(1, Math.floor(count * warmUpShare));
  const from = await storedAtMs(manager, first);
  const to = await storedAtMs(manager, count);
  return speed(count - first, (to - from) / 1_000);
}
