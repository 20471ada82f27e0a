import { createHash } from 'node:crypto';
import { isJetStreamError } from '@popple/shared/messaging/jetstream-errors';
import { describeError } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import { RETRY_PACES } from '@popple/shared/process/retry-pace';
import { retryTransient } from '@popple/shared/process/retry-transient';
import type { Runner } from '@popple/shared/process/runner';
import { type REST, Routes } from 'discord.js';
import { type KV, NatsError } from 'nats';
import { z } from 'zod';
import { COMMAND_DEFINITIONS } from '../commands/slash/slash-commands';
import { askPatiently } from '../discord-api';
import { meaningOf } from '../replies/discord-errors';

/** For how long a claim that does not change keeps others from registering: its bot is dead then. */
const CLAIM_MS = 30_000;
const LOOK_AGAIN_MS = 2_000;
/** When to try again what Discord refused: it lets an app make 200 commands a day. */
const REFUSED_AGAIN_MS = 600_000;

const stateSchema = z.object({
  /** Of the commands that are registered; absent before the first time. */
  hash: z.string().optional(),
  /** The bot that is registering some. */
  claimedBy: z.string().optional(),
});
type State = z.infer<typeof stateSchema>;

const applicationSchema = z.object({ id: z.string().regex(/^\d+$/) });

export interface RegisterCommandsOptions {
  /** With the bot's token. */
  rest: REST;
  apiUrl: string;
  /** Where the hash is kept. */
  bucket: KV;
  /** The id of this bot. */
  self: string;
  runner: Pick<Runner, 'log' | 'signal'>;
  /** For tests. */
  claimMs?: number;
}

/** A hash of the commands: another one whenever something is to be registered. */
export function hashOf(definitions: unknown): string {
  return createHash('sha256').update(JSON.stringify(definitions)).digest('hex');
}

function parseState(text: string | undefined): State {
  try {
    return stateSchema.parse(JSON.parse(text ?? '{}'));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return {};
    throw error;
  }
}

/**
 * Writes the state over what was read of it, under this revision; 0 where there was none. Resolves to its revision, or to
 * undefined where another bot was faster.
 */
async function replace(bucket: KV, key: string, state: State, revision: number): Promise<number | undefined> {
  try {
    return await bucket.put(key, JSON.stringify(state), { previousSeq: revision });
  } catch (error) {
    if (isJetStreamError(error, 'wrongLastSequence')) return undefined;
    throw error;
  }
}

/** Puts the commands in the place of those that are registered. Resolves to whether Discord took them. */
async function put({ rest, runner }: RegisterCommandsOptions, applicationId: string): Promise<boolean> {
  const { log, signal } = runner;
  try {
    await retryTransient(
      () => rest.put(Routes.applicationCommands(applicationId), { body: COMMAND_DEFINITIONS }),
      {
        pace: RETRY_PACES.discord,
        signal,
        isTransient: (error) => meaningOf(error) === 'later',
        onRetry: (error, pauseMs) =>
          log.warn(`cannot register the commands: ${describeError(error)}; trying again in ${pauseMs} ms`),
      },
    );
    return true;
  } catch (error) {
    if (error === signal.reason) throw error;
    log.error(
      `Discord refused the slash commands: ${describeError(error)}. Members have those of before, or none; chat works. ` +
        `Trying again in ${REFUSED_AGAIN_MS / 60_000} minutes`,
    );
    return false;
  }
}

/** One attempt. Resolves to how long to wait before the next, in milliseconds; to undefined when they are registered. */
async function attempt(
  options: RegisterCommandsOptions,
  applicationId: string,
  seen: { revision: number; sinceMs: number },
): Promise<number | undefined> {
  const { bucket, self, runner, claimMs = CLAIM_MS } = options;
  const key = `commands.${applicationId}`;
  const hash = hashOf(COMMAND_DEFINITIONS);
  const entry = await bucket.get(key);
  const state = parseState(entry?.string());
  if (state.hash === hash) return undefined;
  const revision = entry?.revision ?? 0;
  if (revision !== seen.revision) Object.assign(seen, { revision, sinceMs: performance.now() });
  const isClaimed = state.claimedBy !== undefined && state.claimedBy !== self;
  if (isClaimed && performance.now() - seen.sinceMs < claimMs) return LOOK_AGAIN_MS;
  const claimed = await replace(bucket, key, { ...state, claimedBy: self }, revision);
  if (claimed === undefined) return LOOK_AGAIN_MS;
  if (!(await put(options, applicationId))) return REFUSED_AGAIN_MS;
  // Where another bot has taken the claim over meanwhile, it registers the same, or what a newer release has.
  await replace(bucket, key, { hash }, claimed);
  runner.log.info(`registered ${COMMAND_DEFINITIONS.length} commands at Discord`);
  return undefined;
}

/**
 * Registers the commands at Discord where they differ from those that were registered last: their hash is kept in a bucket,
 * and one bot at a time registers. Tries for as long as it takes; the bot does everything else meanwhile. Resolves when they
 * are registered, or the process stops.
 * @throws OperatorError when Discord refuses the token.
 */
export async function registerCommands(options: RegisterCommandsOptions): Promise<void> {
  const { rest, apiUrl, runner } = options;
  const { log, signal } = runner;
  const route = '/applications/@me';
  const seen = { revision: -1, sinceMs: 0 };
  let applicationId: string | undefined;
  while (!signal.aborted) {
    let pauseMs: number | undefined;
    try {
      applicationId ??= (
        await askPatiently({ rest, apiUrl, runner, route, schema: applicationSchema, isKnownToRespond: true })
      ).id;
      pauseMs = await attempt(options, applicationId, seen);
      if (pauseMs === undefined) return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof NatsError)) throw error;
      log.warn(`cannot see which commands are registered: ${describeError(error)}`);
      pauseMs = LOOK_AGAIN_MS;
    }
    await pause(pauseMs, signal);
  }
}
