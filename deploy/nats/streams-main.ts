import { VARIABLES } from '@popple/shared/config/variables';
import { connectBroker } from '@popple/shared/messaging/connect';
import { COMMON_VARIABLES, run } from '@popple/shared/process/runner';
import { ensureEverything } from './streams';

const STREAMS_VARIABLES = {
  NATS_URL: VARIABLES.NATS_URL,
  REPLY_MAX_AGE: VARIABLES.REPLY_MAX_AGE,
  STREAM_MAX_AGE: VARIABLES.STREAM_MAX_AGE,
  STREAM_MAX_BYTES: VARIABLES.STREAM_MAX_BYTES,
  STREAM_REPLICAS: VARIABLES.STREAM_REPLICAS,
};

await run({
  name: 'streams',
  about:
    'Makes the streams, consumers and buckets that bot and svc use on NATS, and exits. Safe to run again.',
  variables: { ...STREAMS_VARIABLES, ...COMMON_VARIABLES },
  main: async ({ log, signal, defer }, config) => {
    const { connection } = await connectBroker({
      servers: config.NATS_URL,
      name: 'popple-streams',
      log,
      signal,
    });
    defer('close the connection to NATS', () => connection.close());
    await ensureEverything(connection, {
      maxAgeMs: config.STREAM_MAX_AGE,
      maxBytes: config.STREAM_MAX_BYTES,
      replicas: config.STREAM_REPLICAS,
      replyMaxAgeMs: config.REPLY_MAX_AGE,
    });
    log.info('streams, consumers and buckets are as they should be');
  },
});
