import type { Request } from '@popple/shared/contract/request';
import { describeError, type Log } from '@popple/shared/observability/log';
import { crashPoint } from '@popple/shared/process/crash-point';
import { pause } from '@popple/shared/process/pause';
import { withDeadline } from '@popple/shared/process/with-deadline';
import { type APIInteractionResponse, InteractionResponseType, MessageFlags } from 'discord.js';
import { NatsError } from 'nats';
import type { ReplyPlace } from '../commands/slash/slash-command';
import { type Outbox, OVER_SHARE, type Stored } from '../intake/outbox';
import { interactionRequests } from '../metrics';
import { CALLBACK_DEADLINE_MS, deferReply, isDeferred, respondFirst } from './acknowledge';
import type { InteractionApi, InteractionKey } from './interaction-api';
import type { InteractionStore, PendingEntry } from './interaction-store';

/** How long NATS may take to keep an interaction: Discord waits for its callback meanwhile. */
const KEEP_WITHIN_MS = 1_000;
/** How often to look for what dead bots have left pending. */
const LOOK_EVERY_MS = 5_000;

const AWAY =
  'I cannot reach what keeps the score right now, so nothing was counted or changed. Try again in a minute.';

/**
 * How Discord is told that a reply will come. One in place is not shown to be under way, so a click whose callback is
 * unclear is forgotten: it changes nothing, and is clicked again.
 */
const DEFERRALS: { readonly [Place in ReplyPlace]: APIInteractionResponse } = {
  public: { type: InteractionResponseType.DeferredChannelMessageWithSource },
  private: {
    type: InteractionResponseType.DeferredChannelMessageWithSource,
    data: { flags: MessageFlags.Ephemeral },
  },
  'in-place': { type: InteractionResponseType.DeferredMessageUpdate },
};

/** An interaction that asks something of svc. */
export interface AskingInteraction {
  key: InteractionKey;
  /** Its id is the interaction's. */
  request: Request;
  /** Who sees the reply; or it takes the place of the message whose component was used. */
  reply: ReplyPlace;
  /** When it was received, by performance.now. */
  receivedAtMs: number;
}

export interface InteractionRequestsOptions {
  api: InteractionApi;
  store: InteractionStore;
  outbox: Pick<Outbox, 'add'>;
  log: Log;
  /** The request with what Discord has to be asked for. */
  complete(request: Request): Request | Promise<Request>;
  /** Aborted when the process is stopping. */
  signal: AbortSignal;
  /** Ends the process with an error. */
  fail(error: unknown): void;
}

/** Never resolves: the dispatch is not handled, and whoever resumes the session receives it again. */
const leftToSuccessor = () => new Promise<never>(() => undefined);

/**
 * The way of an interaction that asks something of svc into the stream:
 *
 *     kept ──callback──▶ deferred ──▶ in the stream ──▶ forgotten
 *       └──── not taken by Discord ──▶ forgotten: it never counts
 *
 * Before Discord is told anything, request and token are kept in a bucket, pending. Whether it may count is what Discord shows
 * the member: "Popple is thinking…" (deferred), and nothing else. A bot that is killed anywhere leaves it pending;
 * every other bot looks for what is pending for longer than a callback can take effect, asks Discord, and publishes or
 * forgets it. That, and not the gateway, is what an acknowledged interaction relies on: a RESUME may bring it again, and
 * makes no difference. Whoever publishes, and however often, uses the interaction's id.
 */
export class InteractionRequests {
  readonly #options: InteractionRequestsOptions;
  /** The keys of what this process is working on. */
  readonly #inHand = new Set<string>();

  constructor(options: InteractionRequestsOptions) {
    this.#options = options;
  }

  /**
   * Defers the reply and publishes the request. Resolves when the request is in the stream, or will never count; never when
   * the process stops before.
   */
  async take({ key, request, reply, receivedAtMs }: AskingInteraction): Promise<void> {
    const slot = this.#options.store.takeKey();
    this.#inHand.add(slot);
    try {
      if (!(await this.#keep(slot, key, request))) {
        const data = { content: AWAY, flags: MessageFlags.Ephemeral } as const;
        const body = { type: InteractionResponseType.ChannelMessageWithSource, data } as const;
        await respondFirst(this.#options, key, body, receivedAtMs);
        interactionRequests.inc({ outcome: 'nats-away' });
        return;
      }
      crashPoint('bot:before-callback');
      const mayCount = await deferReply(this.#options, key, DEFERRALS[reply], receivedAtMs);
      if (mayCount === undefined) return await leftToSuccessor();
      crashPoint('bot:after-callback');
      const outcome = await this.#finish(slot, request, mayCount);
      if (outcome === 'refused' && reply !== 'in-place')
        await this.#options.api.editOriginal(key, { content: OVER_SHARE });
    } finally {
      this.#inHand.delete(slot);
    }
  }

  /** Publishes or forgets what dead bots have left pending, until the runner's signal. @throws what is no NatsError. */
  async recoverPending(): Promise<void> {
    const { store, signal, log } = this.#options;
    const firstSeenMs = new Map<string, number>();
    for (; !signal.aborted; await pause(LOOK_EVERY_MS, signal)) {
      try {
        const entries = await store.pending();
        const nowMs = performance.now();
        const names = new Set(entries.map(({ key, request }) => `${key} ${request.id}`));
        for (const name of firstSeenMs.keys()) if (!names.has(name)) firstSeenMs.delete(name);
        const due = entries.filter((entry) => {
          const name = `${entry.key} ${entry.request.id}`;
          const sinceMs = firstSeenMs.get(name) ?? nowMs;
          firstSeenMs.set(name, sinceMs);
          return nowMs - sinceMs >= CALLBACK_DEADLINE_MS && !this.#inHand.has(entry.key);
        });
        await Promise.all(due.map((entry) => this.#recover(entry)));
      } catch (error) {
        if (!(error instanceof NatsError)) throw error;
        log.warn(`cannot look for pending interactions: ${describeError(error)}`);
      }
    }
  }

  async #recover({ key, applicationId, token, request }: PendingEntry): Promise<void> {
    this.#inHand.add(key);
    try {
      const interaction = { id: request.id, applicationId, token };
      const mayCount = await isDeferred(this.#options, interaction, 0);
      if (mayCount === undefined) return;
      this.#options.log.info(
        { interactionId: request.id, mayCount },
        'an interaction was left pending by another bot',
      );
      const outcome = await this.#finish(key, request, mayCount);
      if (outcome === 'refused') await this.#options.api.editOriginal(interaction, { content: OVER_SHARE });
    } finally {
      this.#inHand.delete(key);
    }
  }

  /** Resolves to whether it is known to be kept, in time for a callback. */
  async #keep(slot: string, { applicationId, token }: InteractionKey, request: Request): Promise<boolean> {
    const { store, log } = this.#options;
    try {
      const late = () => new NatsError('not kept in time', 'TIMEOUT');
      await withDeadline(store.keep(slot, { applicationId, token, request }), KEEP_WITHIN_MS, late);
      return true;
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      log.warn({ interactionId: request.id }, `cannot keep an interaction: ${describeError(error)}`);
      return false;
    }
  }

  /** Never resolves when the process cannot go on. */
  async #complete(request: Request): Promise<Request> {
    const { complete, signal, fail } = this.#options;
    try {
      return await complete(request);
    } catch (error) {
      if (!signal.aborted) fail(error);
      return await leftToSuccessor();
    }
  }

  /** Publishes the request if it may count, and forgets that it was pending. */
  async #finish(slot: string, request: Request, mayCount: boolean): Promise<Stored | 'not-acknowledged'> {
    const { store, outbox, log } = this.#options;
    let outcome: Stored | 'not-acknowledged' = 'not-acknowledged';
    if (mayCount) {
      outcome = await outbox.add(await this.#complete(request));
      crashPoint('bot:after-interaction-stored');
    }
    interactionRequests.inc({ outcome });
    try {
      await store.forget(slot);
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      // Another bot finds that Discord shows a reply, or publishes the same request again, which changes nothing.
      log.debug({ interactionId: request.id }, `an interaction stays pending: ${describeError(error)}`);
    }
    return outcome;
  }
}
