import type { Runner } from '@popple/shared/process/runner';
import { untilAborted } from '@popple/shared/process/until-aborted';
import type { Gateway } from '../gateway/gateway';
import type { Outbox } from './outbox';

/**
 * Disconnects from the gateway while the outbox is full, until everything in it is published: Discord keeps what is written
 * meanwhile, for as long as it keeps the sessions. Never resolves before the runner's signal.
 */
export async function disconnectWhileFull(
  { log, signal }: Pick<Runner, 'log' | 'signal'>,
  outbox: Pick<Outbox, 'filled' | 'emptied' | 'size'>,
  gateway: Pick<Gateway, 'disconnectAll' | 'connectAll'>,
): Promise<void> {
  const stopped = untilAborted(signal);
  while (!signal.aborted) {
    await Promise.race([outbox.filled(), stopped]);
    if (signal.aborted) return;
    log.warn(
      `${outbox.size} requests wait for NATS: disconnecting from the gateway until they are published`,
    );
    await gateway.disconnectAll();
    await Promise.race([outbox.emptied(), stopped]);
    if (!signal.aborted) gateway.connectAll();
  }
}
