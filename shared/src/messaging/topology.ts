import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats';
import { OperatorError } from '../process/operator-error';
import { differences } from './differences';
import { isJetStreamError, isNotAllowed } from './jetstream-errors';
import { SUBJECTS } from './subjects';

/** What an operator may set about the streams. */
export interface StreamLimits {
  /** How long requests, events and dead letters can be replayed. */
  maxAgeMs: number;
  /** The size past which a stream refuses new messages. */
  maxBytes: number;
  /** On how many servers of a NATS cluster each message is kept: 1, 3 or 5. */
  replicas: number;
}

export const STREAMS = { requests: 'POPPLE_REQUESTS', events: 'POPPLE_EVENTS', dead: 'POPPLE_DEAD' } as const;

/** The durable consumers: one shared by every svc worker, one shared by every bot. */
export const DURABLES = { svc: 'svc', bot: 'bot' } as const;

/** How long the server remembers message ids. Longer memory is the ledger's. */
const DUPLICATE_WINDOW_MS = 120_000;

/**
 * How long a worker may hold a message without a word before it is given to another: how long members wait for a reply
 * to what a killed process held. Who works longer says so meanwhile (`Inbox`); who cannot say so for this long, because
 * its event loop is blocked or it is frozen, does what it holds a second time or has it done by another, and the ledger and
 * the memory of replies make that harmless.
 */
export const ACK_WAIT_MS = 2_000;

function streamConfigs(limits: StreamLimits): Partial<StreamConfig>[] {
  const common: Partial<StreamConfig> = {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    // A full stream refuses: the publisher keeps what it has and says not ready. The default forgets the oldest.
    discard: DiscardPolicy.New,
    max_age: nanos(limits.maxAgeMs),
    max_bytes: limits.maxBytes,
    num_replicas: limits.replicas,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  };
  return [
    { ...common, name: STREAMS.requests, subjects: [SUBJECTS.requests] },
    { ...common, name: STREAMS.events, subjects: [SUBJECTS.events] },
    { ...common, name: STREAMS.dead, subjects: [SUBJECTS.dead] },
  ];
}

function consumerConfig(durable: string): Partial<ConsumerConfig> {
  return {
    durable_name: durable,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(ACK_WAIT_MS),
    // Never given up by a count: what cannot be handled is dead-lettered by who finds out, with a reason.
    max_deliver: -1,
    max_ack_pending: 20_000,
  };
}

async function ensureStream(manager: JetStreamManager, wanted: Partial<StreamConfig>): Promise<void> {
  const name = wanted.name ?? '';
  try {
    const { config } = await manager.streams.info(name).catch(async (error: unknown) => {
      if (!isJetStreamError(error, 'streamNotFound')) throw error;
      try {
        return await manager.streams.add(wanted);
      } catch (lost) {
        // Another process made it between our look and our word, with other limits.
        if (!isJetStreamError(lost, 'streamNameInUse')) throw lost;
        return await manager.streams.info(name);
      }
    });
    if (differences(config, wanted).length > 0) await manager.streams.update(name, wanted);
  } catch (error) {
    if (error instanceof NatsError && error.api_error !== undefined) {
      throw new OperatorError(
        `NATS refused stream ${name}: ${error.api_error.description}. ` +
          'Check STREAM_MAX_AGE, STREAM_MAX_BYTES and STREAM_REPLICAS against what the server allows.',
        { cause: error },
      );
    }
    throw error;
  }
}

/**
 * Makes the streams, or gives existing ones these limits. Safe to call from any number of processes at once, at every
 * start: both sides do, because neither may have to wait for the other.
 * @throws OperatorError when the server refuses, with its reason; NatsError when it cannot be reached or has no JetStream.
 */
export async function ensureStreams(manager: JetStreamManager, limits: StreamLimits): Promise<void> {
  for (const config of streamConfigs(limits)) await ensureStream(manager, config);
}

/** The configuration of a durable consumer; undefined when there is none. */
async function findDurable(
  manager: JetStreamManager,
  stream: string,
  durable: string,
): Promise<ConsumerConfig | undefined> {
  try {
    return (await manager.consumers.info(stream, durable)).config;
  } catch (error) {
    if (isJetStreamError(error, 'consumerNotFound')) return undefined;
    throw error;
  }
}

/**
 * Makes the durable consumer, or resolves to the configuration of the one that is there.
 *
 * On an existing one nats-server 2.9 takes this for an update, and 2.10 and newer refuse it unless it is the same.
 */
async function findOrMakeDurable(
  manager: JetStreamManager,
  stream: string,
  durable: string,
  wanted: Partial<ConsumerConfig>,
): Promise<ConsumerConfig> {
  const current = await findDurable(manager, stream, durable);
  if (current !== undefined) return current;
  try {
    return (await manager.consumers.add(stream, wanted)).config;
  } catch (error) {
    // Another process, of another release, made it between our look and our request.
    if (!isJetStreamError(error, 'consumerExists')) throw error;
    return (await manager.consumers.info(stream, durable)).config;
  }
}

/**
 * Makes a shared durable pull consumer, or updates it when it is not as it should be. Progress that an existing one has
 * made is kept.
 *
 * One that is as it should be is left alone: nats-server (2.9 at least) writes it down anew whenever it is changed, not in
 * one piece, and when it is killed in the middle of that the consumer is gone, and everything in the stream is delivered
 * again. That every part does so at every start would make it likely.
 *
 * A part whose user may not change consumers goes on with the one it finds, and `warn` receives one line that says so:
 * the operator's user has to change it, and until then it works as it did before.
 * @throws OperatorError when the server refuses, with its reason; NatsError when it cannot be reached, or when there is no
 * consumer and this user may not make one.
 */
export async function ensureDurable(
  manager: JetStreamManager,
  side: keyof typeof DURABLES,
  warn: (line: string) => void = () => {},
): Promise<void> {
  const stream = side === 'svc' ? STREAMS.requests : STREAMS.events;
  const name = `the durable consumer ${DURABLES[side]} on ${stream}`;
  const wanted = consumerConfig(DURABLES[side]);
  let different = '';
  try {
    const current = await findOrMakeDurable(manager, stream, DURABLES[side], wanted);
    different = differences(current, wanted).join(', ');
    if (different === '') return;
    await manager.consumers.update(stream, DURABLES[side], wanted);
  } catch (error) {
    if (different !== '' && isNotAllowed(error)) {
      warn(
        `${name} differs in ${different} from what this release wants, and this user may not change it: ` +
          'going on with it as it is. Make the streams again as the operator to change it.',
      );
      return;
    }
    if (error instanceof NatsError && error.api_error !== undefined) {
      const advice =
        different === ''
          ? ''
          : ` It differs in ${different} from what Popple needs. If it cannot be changed, stop svc and bot and delete it: ` +
            'the next start makes it again, and what was handled before is recognised.';
      throw new OperatorError(`NATS refused ${name}: ${error.api_error.description}.${advice}`, {
        cause: error,
      });
    }
    throw error;
  }
}
