import { STREAMS } from '@popple/shared/messaging/topology';
import { type JetStreamManager, millis } from 'nats';

/**
 * How long the streams that a request can be delivered from keep a message at this moment, in milliseconds: the longer
 * of POPPLE_REQUESTS and POPPLE_DEAD, Infinity when one of them has no limit.
 * @throws NatsError when NATS cannot be asked.
 */
export async function streamMaxAgeMs(manager: JetStreamManager): Promise<number> {
  const infos = await Promise.all(
    [STREAMS.requests, STREAMS.dead].map((stream) => manager.streams.info(stream)),
  );
  return Math.max(...infos.map(({ config }) => (config.max_age > 0 ? millis(config.max_age) : Infinity)));
}
