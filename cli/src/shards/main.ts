import { readShards } from '@popple/bot/gateway/describe-shards';
import type { Values } from '@popple/shared/config/environment';
import { VARIABLES } from '@popple/shared/config/variables';
import { listable } from '@popple/shared/messaging/bucket-entries';
import { BUCKETS } from '@popple/shared/messaging/buckets';
import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import { readOptions } from '@popple/shared/operator/command-line';
import { OperatorError } from '@popple/shared/process/operator-error';
import { connectJetStream } from '../terminal/connect';
import { EXIT, runTool, type ToolRun } from '../terminal/run-tool';
import { shardsText } from './shards-text';

const HELP = `Prints which bot holds which shard, as NATS has it now.

Usage: bun run shards [--json]

  --json  prints it as one line of JSON instead`;

const variables = { NATS_URL: VARIABLES.NATS_URL };

async function main(run: ToolRun, _args: object, config: Values<typeof variables>): Promise<number> {
  const { client, manager } = await connectJetStream(run, config.NATS_URL, 'popple-shards');
  // Only looked at: a bucket that no bot has made yet is not made by asking.
  const bind = async (name: string) =>
    listable(await client.views.kv(name, { bindOnly: true }), manager, name);
  try {
    const view = await readShards(await bind(BUCKETS.leases), await bind(BUCKETS.gateway));
    run.print(shardsText(view));
    run.answer(view);
    return EXIT.done;
  } catch (error) {
    if (!isJetStreamError(error, 'streamNotFound')) throw error;
    throw new OperatorError(
      'No bot has run with this NATS yet: it has no leases. Does NATS_URL name the right one?',
      {
        cause: error,
      },
    );
  }
}

await runTool({ help: HELP, variables, parse: (args) => readOptions(args, {}), main });
