import { randomUUID } from 'node:crypto';

/** Bots of earlier releases do not serve a subject of their own, and would pass for dead. */
const SERVES_ALIVE = '-alive';

/** An id for a bot process, one token of a subject. Sorts by when the instance began: the oldest keep the larger shares. */
export function makeInstanceId(nowMs = Date.now()): string {
  return `${String(nowMs).padStart(15, '0')}-${randomUUID().slice(0, 8)}${SERVES_ALIVE}`;
}

/** Whether the instance with this id serves `aliveSubject` for as long as it is connected to NATS. */
export function servesAlive(instance: string): boolean {
  return instance.endsWith(SERVES_ALIVE);
}
