/*
 * Measures one bare layer in a process of its own and writes its speed to standard output as JSON. The order comes as the
 * one argument, as JSON.
 */
import { openDatabase } from '@popple/db/client';
import type { Judge } from '@popple/db/judging';
import { applyKarma } from '@popple/db/queries/apply-karma';
import { BulkPublisher } from '@popple/shared/messaging/bulk-publisher';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { judgeBatch } from '@popple/svc/rules/judge-batch';
import { rulesOf } from '@popple/svc/rules/settings';
import { connect } from 'nats';
import {
  BUSY_SERVERS,
  BUSY_SERVERS_OF_MEMBERS,
  changeRequests,
  MANY_SERVERS,
  NAMES_APART,
  NAMES_TOGETHER,
  ONE_GIVER,
  type Population,
  take,
  toMessage,
  workerIds,
} from '../load/requests';
import { SteadyMeter } from '../measure/steady';
import { applyBeforeRules } from './before-rules';
import type { AppliedBy, LayerOrder, PopulationName } from './layer';
import { publishAll } from './publish';
import { postMessages } from './rest';

/** As many as svc takes at once. */
const BATCH = 500;
const SEED = 11;
const PUB_ACK_TIMEOUT_MS = 30_000;

const POPULATIONS: Record<PopulationName, Population> = {
  'busy-servers': BUSY_SERVERS,
  'busy-servers-of-members': BUSY_SERVERS_OF_MEMBERS,
  'one-giver': ONE_GIVER,
  'many-servers': MANY_SERVERS,
  'names-apart': NAMES_APART,
  'names-together': NAMES_TOGETHER,
};

type Order<Layer extends LayerOrder['layer']> = Extract<LayerOrder, { layer: Layer }>;

async function publish({ natsUrl, count }: Order<'publish'>, meter: SteadyMeter): Promise<void> {
  const messages = take(changeRequests(BUSY_SERVERS, SEED), count).map(toMessage);
  const connection = await connect({ servers: natsUrl });
  const publisher = new BulkPublisher(connection, PUB_ACK_TIMEOUT_MS, '_INBOX');
  await publishAll(publisher, messages, (stored) => meter.passed(stored));
  await connection.close();
}

/** Takes and acks what is in the stream already. */
async function consume({ natsUrl, count }: Order<'consume'>, meter: SteadyMeter): Promise<void> {
  const connection = await connect({ servers: natsUrl });
  const consumer = await connection.jetstream().consumers.get(STREAMS.requests, DURABLES.svc);
  const messages = await consumer.consume({ max_messages: BATCH });
  let taken = 0;
  for await (const message of messages) {
    message.ack();
    taken += 1;
    if (taken % 100 === 0) meter.passed(taken);
    if (taken === count) break;
  }
  // Acks that are still on their way are part of the work.
  await connection.flush();
  meter.passed(taken);
  await connection.close();
}

const rules = rulesOf('default');

/** What decides which changes count; undefined where every change does. */
const JUDGES: Record<Exclude<AppliedBy, 'before-rules'>, Judge | undefined> = {
  default: judgeBatch({ rulesOf: rules }),
  'default-without-quota': judgeBatch({ rulesOf: () => rules({ quota: 1_000_000 }) }),
  none: undefined,
};

async function apply(order: Order<'apply'>, meter: SteadyMeter): Promise<void> {
  const { databaseUrl, count, population, by, worker = 0 } = order;
  const database = openDatabase({ url: databaseUrl, maxConnections: 1, applicationName: 'popple-bench' });
  const requests = changeRequests(POPULATIONS[population], SEED + worker, workerIds(worker));
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, () => take(requests, BATCH));
  let applied = 0;
  for (const batch of batches) {
    if (by === 'before-rules') await applyBeforeRules(database, batch);
    else await applyKarma(database, batch, JUDGES[by]);
    applied += batch.length;
    meter.passed(applied);
  }
  await database.close();
}

function measure(order: LayerOrder, meter: SteadyMeter): Promise<void> {
  switch (order.layer) {
    case 'publish':
      return publish(order, meter);
    case 'consume':
      return consume(order, meter);
    case 'apply':
      return apply(order, meter);
    case 'rest':
      return postMessages(order, meter);
  }
}

const order: LayerOrder = JSON.parse(process.argv[2] ?? '');
const meter = new SteadyMeter(order.count);
await measure(order, meter);
process.stdout.write(`${JSON.stringify(meter.result)}\n`);
process.exit(0);
