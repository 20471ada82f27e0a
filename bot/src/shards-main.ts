import { ConfigurationError, readEnvironment } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { listable } from '@popple/shared/messaging/bucket-entries';
import { BUCKETS } from '@popple/shared/messaging/buckets';
import { connectBroker } from '@popple/shared/messaging/connect';
import { describeError, silentLog } from '@popple/shared/observability/log';
import { helpText } from '@popple/shared/process/help';
import { describeShards } from './presence/describe-shards';

const variables = { NATS_URL: VARIABLES.NATS_URL };
const PATIENCE_MS = 10_000;

/** Prints which bot holds which shard, as NATS has it now. */
async function main(): Promise<void> {
  if (process.argv.slice(2).some((argument) => argument === '--help' || argument === '-h')) {
    process.stdout.write(helpText('bun run shards: prints which bot holds which shard.', variables));
    return;
  }
  const { NATS_URL: servers } = readEnvironment(variables);
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const { connection } = await connectBroker({ servers, name: 'popple-shards', log: silentLog(), signal });
  try {
    const { views } = connection.jetstream();
    // Only looked at: a bucket that no bot has made yet is not made by asking.
    const manager = await connection.jetstreamManager();
    const bind = async (name: string) => listable(await views.kv(name, { bindOnly: true }), manager, name);
    process.stdout.write(await describeShards(await bind(BUCKETS.leases), await bind(BUCKETS.gateway)));
  } finally {
    await connection.close();
  }
}

try {
  await main();
} catch (error) {
  const isOurs = error instanceof ConfigurationError;
  process.stderr.write(`${isOurs ? error.message : `cannot tell who holds what: ${describeError(error)}`}\n`);
  process.exit(1);
}
