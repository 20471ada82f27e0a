import { isJetStreamError, isNotAllowed } from '@popple/shared/messaging/jetstream-errors';
import { STREAMS } from '@popple/shared/messaging/topology';
import { describeError, silentLog } from '@popple/shared/observability/log';
import { type Finding, ok, skipped, wrong } from '@popple/shared/operator/finding';
import { OperatorError } from '@popple/shared/process/operator-error';
import { NatsError } from 'nats';
import { connectJetStream } from '../terminal/connect';
import { describeNatsError } from '../terminal/nats-error';
import type { ToolRun } from '../terminal/run-tool';
import { checkQueries } from './check-queries';

const OLDEST_VERSION = '2.9.0';

/**
 * Checks that NATS responds with JetStream, its version, that Popple's streams are there, and that svc serves queries. Changes nothing. Never
 * throws: what cannot be asked is a finding, too. Takes some 15 s at most.
 */
export async function checkNats(run: ToolRun, servers: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  try {
    const { connection, manager } = await connectJetStream(
      { ...run, log: silentLog() },
      servers,
      'popple-doctor',
    );
    const version = connection.info?.version ?? '0.0.0';
    findings.push(versionFinding(version, connection.getServer()));
    for (const stream of Object.values(STREAMS)) {
      findings.push(
        await streamFinding(stream, async () => (await manager.streams.info(stream)).state.messages),
      );
    }
    findings.push(await checkQueries(connection));
  } catch (error) {
    if (!(error instanceof OperatorError || error instanceof NatsError)) throw error;
    const about = error instanceof NatsError ? describeNatsError(error) : describeError(error);
    const advice =
      'Start nats-server with JetStream (-js), and name it with user and password in NATS_URL; docs/operations.md shows how.';
    findings.push(wrong('NATS: server', about, advice));
  }
  return findings;
}

function versionFinding(version: string, server: string): Finding {
  const check = 'NATS: server';
  const about = `version ${version} with JetStream at ${server}`;
  if (Bun.semver.order(version.replace(/-.*/, ''), OLDEST_VERSION) >= 0) return ok(check, about);
  return wrong(check, about, 'Popple needs nats-server 2.9 or newer: upgrade it.');
}

async function streamFinding(stream: string, countMessages: () => Promise<number>): Promise<Finding> {
  const check = `NATS: stream ${stream}`;
  try {
    return ok(check, `${await countMessages()} messages`);
  } catch (error) {
    if (isNotAllowed(error)) return skipped(check, 'these credentials may not look at it');
    if (!isJetStreamError(error, 'streamNotFound')) throw error;
    const advice =
      'bot and svc make it when they start: start them, or "streams" of the image, with this NATS_URL.';
    return wrong(check, 'is not there', advice);
  }
}
