/*
 * Publishes requests at a steady pace and reads the events as a bot does, in a process of its own, and writes the time
 * between the moment a request was due and the moment its event was there, as JSON. The order comes as the one argument.
 */
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { STREAMS } from '@popple/shared/messaging/topology';
import { connect, DeliverPolicy } from 'nats';
import { BUSY_TOWN, changeRequests, take, toMessage } from '../load/requests';
import { paced } from '../measure/pace';
import { latencyOf } from '../measure/percentiles';
import type { LatencyOrder } from './order';

const PUB_ACK_TIMEOUT_MS = 30_000;
const FETCH_AHEAD = 500;
/** The first of all only warm up this process, which is new for each measurement. */
const WARM_UP_SHARE = 0.1;

const { natsUrl, count, perSecond, seed }: LatencyOrder = JSON.parse(process.argv[2] ?? '');
const connection = await connect({ servers: natsUrl });
const publisher = new BulkPublisher(connection, PUB_ACK_TIMEOUT_MS);
const messages = take(changeRequests(BUSY_TOWN, seed), count).map(toMessage);

const dueMs = new Map<string, number>();
const tookMs: number[] = [];
const { state } = await (await connection.jetstreamManager()).streams.info(STREAMS.events);
const consumer = await connection.jetstream().consumers.get(STREAMS.events, {
  deliver_policy: DeliverPolicy.StartSequence,
  opt_start_seq: state.last_seq + 1,
});
const events = await consumer.consume({ max_messages: FETCH_AHEAD });
const reading = (async () => {
  for await (const event of events) {
    const due = dueMs.get(event.headers?.get('Nats-Msg-Id') ?? '');
    // Of a measurement before this one.
    if (due === undefined) continue;
    tookMs.push(performance.now() - due);
    if (tookMs.length === count) break;
  }
})();

await paced(count, perSecond, (from, to, due) => {
  const volley = messages.slice(from, to);
  for (const [offset, { id }] of volley.entries()) dueMs.set(id, due(from + offset));
  void publisher.publish(volley, () => {});
});
await reading;
process.stdout.write(`${JSON.stringify(latencyOf(tookMs.slice(WARM_UP_SHARE * count)))}\n`);
process.exit(0);
