import type { Gateway } from './gateway';
import type { Shard } from './shard';

export interface SessionStatus {
  readonly id: string;
  readonly shard: Shard;
  readonly intents: number;
  /** Of its newest dispatch. */
  readonly sequence: number;
  readonly connected: boolean;
}

/** What there is to know about every session. */
export function sessionStatuses(gateway: Gateway): SessionStatus[] {
  return gateway.context.sessions.all().map(({ id, shard, intents, sequence, connected }) => {
    return { id, shard, intents, sequence, connected };
  });
}
