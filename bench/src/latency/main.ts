/*
 * Publishes requests at a steady pace and receives the events, in a process of its own, and writes the time between the moment
 * a request was due and the moment its event was there, as JSON. The order comes as the one argument.
 */
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { SUBJECTS } from '@popple/shared/messaging/subjects';
import { connect } from 'nats';
import { BUSY_SERVERS, changeRequests, take, toMessage } from '../load/requests';
import { paced } from '../measure/pace';
import { latencyOf } from '../measure/percentiles';
import type { LatencyOrder } from './order';

const PUB_ACK_TIMEOUT_MS = 30_000;
/** The first of all only warm up this process, which is new for each measurement. */
const WARM_UP_SHARE = 0.1;

const { natsUrl, count, perSecond, seed }: LatencyOrder = JSON.parse(process.argv[2] ?? '');
const connection = await connect({ servers: natsUrl });
const publisher = new BulkPublisher(connection, PUB_ACK_TIMEOUT_MS, '_INBOX');
const messages = take(changeRequests(BUSY_SERVERS, seed), count).map(toMessage);

const dueMs = new Map<string, number>();
const tookMs: number[] = [];
const allRead = Promise.withResolvers<void>();
// As the server hands them on when svc publishes them: reading them from the stream, as the bot does, would cost the cores
// that are to be loaded a quarter more.
connection.subscribe(SUBJECTS.events, {
  callback: (_error, event) => {
    const due = dueMs.get(event.headers?.get('Nats-Msg-Id') ?? '');
    // Of a measurement before this one.
    if (due === undefined) return;
    tookMs.push(performance.now() - due);
    if (tookMs.length === count) allRead.resolve();
  },
});
await connection.flush();

await paced(count, perSecond, (from, to, due) => {
  const batch = messages.slice(from, to);
  for (const [offset, { id }] of batch.entries()) dueMs.set(id, due(from + offset));
  void publisher.publish(batch, () => {});
});
await allRead.promise;
process.stdout.write(`${JSON.stringify(latencyOf(tookMs.slice(WARM_UP_SHARE * count)))}\n`);
process.exit(0);
