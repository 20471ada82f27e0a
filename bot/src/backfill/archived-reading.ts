import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { describeError } from '@popple/shared/observability/log';
import { pause } from '@popple/shared/process/pause';
import type { ArchivedLeft } from './archived-left';
import { type AskContext, NotNowError } from './ask-discord';
import type { BackfillContext } from './backfill-context';
import type { BackgroundPace } from './background-pace';
import type { Thread } from './guild';
import { readChannel } from './read-channel';
import { guildPage, isOfShard, restGuild } from './rest-guilds';
import { activeThreads, archivedThreads } from './threads';
import { readFrom, unreadChannels, unreadThreads } from './unread-channels';

/** How often one thing is asked for before its server is left for later: some 15 s. */
const MAX_ATTEMPTS = 5;

/** How long a server that could not be read is left alone. */
const LATER_MS = 30_000;

export interface ArchivedReadingOptions extends BackfillContext {
  left: ArchivedLeft;
  shard: { shard: number; shardCount: number };
  botId: string;
  backgroundPace: BackgroundPace;
  /** Whether a server is in an outage, or not read yet after one: then it is left for later. */
  isAway(guildId: string): boolean;
}

/**
 * Reads the threads of a shard's servers that were archived while no session received them, at a pace of the background:
 * only a look into every channel shows which they are, and mostly there are none. It asks REST for the servers, since a
 * session that is resumed receives no GUILD_CREATE.
 *
 * It is *running* from `start` until nothing is left, or until `stop`; `left` has at any time what a successor has to
 * read. A server is taken from it only when everything of it is in the stream. Killed amid a server, that one is read
 * again, which is harmless: the requests have the same ids.
 *
 * No gap is too short for a look: a thread archives itself after an hour at the least, but a member can close it at any
 * moment, right after a message.
 */
export class ArchivedReading {
  readonly #options: ArchivedReadingOptions;
  readonly #laterMs = new Map<string, number>();
  #stop = new AbortController();
  #isRunning = false;

  constructor(options: ArchivedReadingOptions) {
    this.#options = options;
  }

  /** Reads what is left, unless it does so already. */
  start(): void {
    if (this.#isRunning || this.#options.left.record === undefined) return;
    this.#isRunning = true;
    const { log } = this.#options;
    const stop = new AbortController();
    this.#stop = stop;
    this.#run(stop.signal).catch((error: unknown) => {
      if (stop.signal.aborted) return;
      this.#isRunning = false;
      log.error(
        { err: error },
        `reading archived threads ends until the next session: ${describeError(error)}`,
      );
    });
  }

  /** Ends it; what is under way is abandoned. */
  stop(): void {
    this.#isRunning = false;
    this.#stop.abort(new Error('reading archived threads was stopped'));
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { left, log } = this.#options;
    log.info('reading archived threads in the background');
    let count = 0;
    for (;;) {
      count += await this.#readSingle(signal);
      signal.throwIfAborted();
      if (left.round !== undefined) count += await this.#readPart(signal);
      else {
        const waitMs = this.#nextSingleMs();
        if (waitMs === undefined) break;
        await pause(waitMs, signal);
      }
      signal.throwIfAborted();
    }
    // What is left now is away; this is started again when it is back.
    this.#isRunning = false;
    log.info({ messages: count }, 'read the archived threads of all available servers');
  }

  /** In how many milliseconds a server is to be read by itself; undefined when there is none, but for those that are away. */
  #nextSingleMs(): number | undefined {
    const { left, isAway } = this.#options;
    const dueMs = [...left.single.keys()].filter((id) => !isAway(id)).map((id) => this.#laterMs.get(id) ?? 0);
    return dueMs.length === 0 ? undefined : Math.max(0, Math.min(...dueMs) - Date.now());
  }

  /** The servers to be read by themselves that are there and not left for later. */
  async #readSingle(signal: AbortSignal): Promise<number> {
    const { left, isAway } = this.#options;
    let count = 0;
    for (const [guildId, guild] of [...left.single]) {
      if (isAway(guildId) || (this.#laterMs.get(guildId) ?? 0) > Date.now()) continue;
      this.#laterMs.delete(guildId);
      const read = await this.#read(guildId, guild.from, signal);
      if (read === undefined) continue;
      count += read;
      // It may be away now, and have refused for that reason.
      if (!isAway(guildId)) left.singleDone(guildId, guild);
    }
    return count;
  }

  /** The round's next servers, to the end of its part. */
  async #readPart(signal: AbortSignal): Promise<number> {
    const { left, shard, isAway } = this.#options;
    let count = 0;
    for (let after = left.round?.after ?? '0'; ; ) {
      const { ids, isLast } = await guildPage(this.#context(signal), after);
      signal.throwIfAborted();
      for (const id of ids) {
        const { round } = left;
        if (round === undefined) return count;
        if (round.until !== undefined && BigInt(id) > BigInt(round.until)) {
          left.partDone();
          return count;
        }
        if (!isOfShard(id, shard)) continue;
        if (isAway(id) || left.single.has(id)) left.addSingle(id, round.from);
        else count += (await this.#read(id, round.from, signal)) ?? 0;
        left.passed(id);
        count += await this.#readSingle(signal);
      }
      after = ids.at(-1) ?? after;
      if (isLast) {
        left.partDone();
        return count;
      }
    }
  }

  /** Reads a server; resolves to how many messages, or to undefined when it is left for later as a single one. */
  async #read(guildId: string, from: string, signal: AbortSignal): Promise<number | undefined> {
    const { left, log } = this.#options;
    try {
      const count = await this.#readGuild(guildId, from, signal);
      signal.throwIfAborted();
      return count;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof NotNowError)) throw error;
      log.warn({ guildId }, `archived threads are left for later: ${error.message}`);
      left.addSingle(guildId, from);
      this.#laterMs.set(guildId, Date.now() + LATER_MS);
      return undefined;
    }
  }

  async #readGuild(guildId: string, from: string, signal: AbortSignal): Promise<number> {
    const { botId, log } = this.#options;
    const context = { ...this.#context(signal), maxAttempts: MAX_ATTEMPTS };
    const guild = await restGuild(context, guildId, botId);
    if (guild === undefined) return 0;
    const after = readFrom(guild, from);
    const unread = unreadChannels(guild, after);
    const threads: Thread[] = [];
    for (const [channelId, type] of unread.threadParents)
      threads.push(...(await archivedThreads(context, { channelId, type }, after)));
    // After the archived ones: a message makes a thread active again, with what was written before still unread.
    if (unread.threadParents.size > 0)
      threads.push(
        ...(await activeThreads(context, guildId)).filter((thread) => changedAfter(thread, after)),
      );
    const wanted = unreadThreads(guildId, threads, unread, after);
    const channels = new Map(wanted.map((channel) => [channel.channelId, channel]));
    let count = 0;
    for (const channel of channels.values()) count += await readChannel(context, channel);
    if (count > 0) log.info({ guildId, messages: count }, 'backfilled threads that were archived meanwhile');
    return count;
  }

  #context(signal: AbortSignal): BackfillContext & AskContext {
    return { ...this.#options, signal, pace: (until) => this.#options.backgroundPace.turn(until) };
  }
}

/** Whether a thread may have been archived, or made active again, after a message; true when that is unknown. */
function changedAfter({ thread_metadata }: Thread, after: string): boolean {
  const changedAtMs = Date.parse(thread_metadata?.archive_timestamp ?? '');
  return !(changedAtMs < snowflakeTimeMs(after));
}
