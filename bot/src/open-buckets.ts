import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { BUCKETS, openBucket } from '@popple/shared/messaging/buckets';
import type { JetStreamClient, JetStreamManager } from 'nats';
import { IDENTIFY_PERMIT_MS } from './gateway/connection/identify-limit';
import { LEASE_TTL_MS } from './gateway/leases/lease-validity';

/** Past REPLY_MAX_AGE nothing is posted, so nothing needs to be remembered; the margin is for clocks that differ. */
const REPLY_MEMORY_MARGIN_MS = 600_000;

export interface BucketSettings {
  /** How old a request may be that is replied to, which is how long it is remembered which were. */
  replyMaxAgeMs: number;
  replicas: number;
}

/**
 * Opens the KV buckets of the bot, making those that are not there and giving existing ones these settings. `warn`
 * receives a line for each that this user may not change, which is then used as it is.
 * @throws OperatorError when NATS refuses the settings; NatsError when it cannot be reached.
 */
export async function openBuckets(
  client: JetStreamClient,
  manager: JetStreamManager,
  { replyMaxAgeMs, replicas }: BucketSettings,
  warn: (line: string) => void = () => {},
): Promise<Record<keyof typeof BUCKETS, Bucket>> {
  const open = (name: string, ttlMs: number) => openBucket(client, manager, name, { ttlMs, replicas }, warn);
  return {
    answers: await open(BUCKETS.answers, replyMaxAgeMs + REPLY_MEMORY_MARGIN_MS),
    gateway: await open(BUCKETS.gateway, 0),
    leases: await open(BUCKETS.leases, LEASE_TTL_MS),
    identify: await open(BUCKETS.identify, IDENTIFY_PERMIT_MS),
  };
}
