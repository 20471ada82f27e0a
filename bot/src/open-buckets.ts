import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { BUCKETS, openBucket } from '@popple/shared/messaging/buckets';
import { isNotAllowed } from '@popple/shared/messaging/jetstream-errors';
import type { JetStreamClient, JetStreamManager } from 'nats';
import { IDENTIFY_PERMIT_MS } from './gateway/connection/identify-limit';
import { LEASE_TTL_MS } from './gateway/leases/lease-validity';
import { INTERACTION_TOKEN_MS } from './interactions/interaction-store';

/** Past REPLY_MAX_AGE nothing is posted, so nothing needs to be remembered; the margin is for clocks that differ. */
const REPLY_MEMORY_MARGIN_MS = 600_000;

/** The buckets of the bot. That of interactions is not there where NATS has an accounts.conf of before it. */
export type Buckets = Record<Exclude<keyof typeof BUCKETS, 'interactions'>, Bucket> & {
  interactions: Bucket | undefined;
};

async function unlessForbidden(
  opening: Promise<Bucket>,
  warn: (line: string) => void,
): Promise<Bucket | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (!isNotAllowed(error)) throw error;
    warn(
      `bucket ${BUCKETS.interactions} is not there for this user, so slash commands are refused and chat works: ` +
        'give NATS the accounts.conf of this release, make the streams again as the operator, and restart bot',
    );
    return undefined;
  }
}

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
): Promise<Buckets> {
  const open = (name: string, ttlMs: number) => openBucket(client, manager, name, { ttlMs, replicas }, warn);
  return {
    answers: await open(BUCKETS.answers, replyMaxAgeMs + REPLY_MEMORY_MARGIN_MS),
    gateway: await open(BUCKETS.gateway, 0),
    leases: await open(BUCKETS.leases, LEASE_TTL_MS),
    identify: await open(BUCKETS.identify, IDENTIFY_PERMIT_MS),
    interactions: await unlessForbidden(open(BUCKETS.interactions, INTERACTION_TOKEN_MS), warn),
  };
}
