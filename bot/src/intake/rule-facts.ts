import { channelIdOf, userIdOf } from '@popple/shared/contract/origin';
import type { QueryResponse } from '@popple/shared/contract/query';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { describeError } from '@popple/shared/observability/log';
import { OperatorError } from '@popple/shared/process/operator-error';
import { Sparingly } from '@popple/shared/process/sparingly';
import { withDeadline } from '@popple/shared/process/with-deadline';
import { Routes } from 'discord.js';
import { z } from 'zod';
import { Tasks } from '../backfill/tasks';
import { askRest, type RestAsking } from './ask-rest';
import { type ChannelParents, placedChannelSchema } from './channel-parents';
import { giverOf, rolesOf } from './member-facts';
import { ResponseCache } from './response-cache';

/** How long a message that has just been written waits for what Discord says of its channel. */
const PATIENCE_MS = 10_000;
/** How often one thing is asked for while Discord is away: some 15 s. */
const MAX_ATTEMPTS = 5;
/** Questions to Discord at a time: replies are not to wait behind hundreds of them. */
const CONCURRENCY = 4;
/** Members and channels change rarely; what Discord refuses to say, it would refuse again. */
const KEPT_FOR_MS = 600_000;
/** A server that has just chosen something waits so long for questions to be asked for it. */
const WANTED_KEPT_FOR_MS = 120_000;
/** Members, channels and servers that are kept at once, of each. */
const CAPACITY = 10_000;
const LOG_EVERY_MS = 60_000;

const MENTION = /^<@(\d+)>$/;

const memberSchema = z.object({ roles: z.array(z.string()), joined_at: z.string().nullish() });

type Member = z.infer<typeof memberSchema>;

/** Which facts the rules of a server look at. */
export type FactsWanted = Pick<
  QueryResponse<'list-facts'>,
  'channelParents' | 'giverRoles' | 'joinedAt' | 'receiverRoles'
>;

/** Where nobody can say it. A question too many costs time; one too few may cost a change that an allow-list would let count. */
const ALL: FactsWanted = { channelParents: true, giverRoles: true, joinedAt: true, receiverRoles: true };

export interface RuleFactsOptions extends Omit<RestAsking, 'maxAttempts'> {
  parents: ChannelParents;
  /** Which facts the rules of a server look at; undefined when svc does not say. */
  wantedIn(guildId: string): Promise<FactsWanted | undefined>;
  /** How long a message that has just been written waits, in milliseconds; 10 s when left out. */
  patienceMs?: number;
}

/**
 * Completes changes of karma by what the rules of their servers look at and neither the message nor the gateway has: where
 * the channel is, after a session was resumed; who a member is, for a message that was read back.
 *
 * Discord is asked only where the server's rules look at it, and once for each channel and member in ten minutes. What it does
 * not say stays unknown: it passes ages and deny-lists, and no allow-list.
 */
export class RuleFacts {
  readonly #options: RuleFactsOptions;
  readonly #tasks = new Tasks(CONCURRENCY);
  readonly #wanted = new ResponseCache<FactsWanted>(WANTED_KEPT_FOR_MS, CAPACITY);
  readonly #channels = new ResponseCache<z.infer<typeof placedChannelSchema> | undefined>(
    KEPT_FOR_MS,
    CAPACITY,
  );
  readonly #members = new ResponseCache<Member | undefined>(KEPT_FOR_MS, CAPACITY);
  readonly #notices = new Sparingly(LOG_EVERY_MS, 1);

  constructor(options: RuleFactsOptions) {
    this.#options = options;
  }

  /**
   * The request with all that is known: at once where nothing has to be asked for, else within 10 s, or, of a message that was
   * read back, when Discord has said it or was asked five times in vain.
   * @throws OperatorError when Discord no longer accepts the token; the signal's reason when the process stops first.
   */
  complete(request: ChangeKarma, isBackfilled: boolean): ChangeKarma | Promise<ChangeKarma> {
    const { parents, log, patienceMs = PATIENCE_MS } = this.#options;
    const channelId = channelIdOf(request.origin);
    if (channelId === undefined) return request;
    const above = parents.above(channelId);
    const known = withParents(request, above.parents);
    if (above.unknown === undefined && !isBackfilled) return known;
    const asked = this.#ask(request, channelId, isBackfilled);
    if (isBackfilled) return asked;
    const late = new Error('Discord took too long');
    return withDeadline(asked, patienceMs, () => late).catch((error: unknown) => {
      if (error !== late) throw error;
      // What comes of it later is for the next message.
      asked.catch(() => undefined);
      if (this.#notices.allows(''))
        log.warn('Discord does not say where channels are: changes go on without');
      return withParents(request, parents.above(channelId).parents);
    });
  }

  async #ask(request: ChangeKarma, channelId: string, isBackfilled: boolean): Promise<ChangeKarma> {
    const { guildId } = request;
    const wanted = await this.#wantedIn(guildId);
    const userId = userIdOf(request.origin);
    const asksForGiver = isBackfilled && userId !== undefined && (wanted.giverRoles || wanted.joinedAt);
    const [parents, giver, changes] = await Promise.all([
      this.#parentsOf(channelId, wanted.channelParents),
      asksForGiver ? this.#member(guildId, userId) : undefined,
      Promise.all(
        request.changes.map((change) =>
          isBackfilled && wanted.receiverRoles ? this.#withRoles(guildId, change) : change,
        ),
      ),
    ]);
    const completed = { ...withParents(request, parents), changes };
    if (giver === undefined) return completed;
    const { joinedAt, ...others } = giverOf(giver);
    // Who has left since and joined again was a member for a time that nobody knows.
    const wasMember = joinedAt !== undefined && joinedAt <= request.at;
    return { ...completed, giver: wasMember ? { ...others, joinedAt } : others };
  }

  /** Never rejects. */
  async #wantedIn(guildId: string): Promise<FactsWanted> {
    const ask = async () => {
      const wanted = await this.#options.wantedIn(guildId);
      if (wanted === undefined) throw new Error('svc does not say it');
      return wanted;
    };
    return await this.#wanted.get(guildId, ask).catch(() => ALL);
  }

  async #parentsOf(channelId: string, isWanted: boolean): Promise<readonly string[]> {
    const { parents } = this.#options;
    for (;;) {
      const above = parents.above(channelId);
      const { unknown } = above;
      if (unknown === undefined || !isWanted) return above.parents;
      const channel = await this.#orUnknown(
        this.#channels.get(unknown, () =>
          this.#askRest('where a channel is', Routes.channel(unknown), placedChannelSchema),
        ),
      );
      if (channel?.id !== unknown) return above.parents;
      parents.came(channel);
    }
  }

  #member(guildId: string, userId: string): Promise<Member | undefined> {
    return this.#orUnknown(
      this.#members.get(`${guildId}.${userId}`, () =>
        this.#askRest('who a member is', Routes.guildMember(guildId, userId), memberSchema),
      ),
    );
  }

  async #withRoles(
    guildId: string,
    change: ChangeKarma['changes'][number],
  ): Promise<ChangeKarma['changes'][number]> {
    const userId = MENTION.exec(change.subject)?.[1];
    const member = userId === undefined ? undefined : await this.#member(guildId, userId);
    if (member === undefined) return change;
    return { ...change, receiver: { ...change.receiver, ...rolesOf(member.roles) } };
  }

  #askRest<Response>(
    what: string,
    route: `/${string}`,
    schema: z.ZodType<Response>,
  ): Promise<Response | undefined> {
    const asking = { ...this.#options, maxAttempts: MAX_ATTEMPTS };
    return this.#tasks.run(() => askRest(asking, what, route, schema));
  }

  /** Undefined also where Discord cannot be asked. @throws as `complete`. */
  async #orUnknown<Response>(question: Promise<Response | undefined>): Promise<Response | undefined> {
    try {
      return await question;
    } catch (error) {
      const { signal, log } = this.#options;
      signal.throwIfAborted();
      if (error instanceof OperatorError) throw error;
      if (this.#notices.allows(''))
        log.warn(
          `Discord cannot be asked what rules look at: ${describeError(error)}; changes go on without`,
        );
      return undefined;
    }
  }
}

function withParents(request: ChangeKarma, channelParents: readonly string[]): ChangeKarma {
  return channelParents.length === 0 ? request : { ...request, channelParents: [...channelParents] };
}
