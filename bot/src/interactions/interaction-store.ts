import { snowflakeSchema } from '@popple/shared/contract/ids';
import { requestSchema } from '@popple/shared/contract/kinds';
import type { Request } from '@popple/shared/contract/request';
import type { Bucket } from '@popple/shared/messaging/bucket-entries';
import { ErrorCode, NatsError } from 'nats';
import { z } from 'zod';

/** How long the token of an interaction lives, in milliseconds. */
export const INTERACTION_TOKEN_MS = 15 * 60_000;

const pendingSchema = z.object({
  applicationId: snowflakeSchema,
  token: z.string().min(1),
  request: requestSchema,
});

/** What an interaction asks for, while it is not known to be in the stream. */
export interface Pending {
  applicationId: string;
  token: string;
  request: Request;
}

/** A pending interaction in the bucket. */
export interface PendingEntry extends Pending {
  key: string;
}

function parsePending(text: string): Pending | undefined {
  try {
    return pendingSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

const tokenKey = (interactionId: string): string => `token.${interactionId}`;

/**
 * What bots keep of interactions, for as long as a token lives: the tokens, by the ids of their interactions, for whichever
 * bot replies; and what is pending, written before Discord is told that the interaction is received, so that another bot
 * can publish the request when this one is killed.
 *
 * What is pending has keys of this bot's, which it uses again and again: one for each interaction that it has in hand at the
 * same time, however many there are in a quarter of an hour. A key that was deleted stays in the bucket's list until then.
 */
export class InteractionStore {
  readonly #opened: Bucket | undefined;
  readonly #self: string;
  readonly #free: string[] = [];
  #keys = 0;

  /** `self` is the id of this bot: one token of a NATS subject, and unlike that of any other. Without a bucket nothing is kept. */
  constructor(bucket: Bucket | undefined, self: string) {
    this.#opened = bucket;
    this.#self = self;
  }

  get #bucket(): Bucket {
    if (this.#opened === undefined)
      throw new NatsError('there is no bucket for interactions', ErrorCode.NoResponders);
    return this.#opened;
  }

  /** A key for something pending, which nothing else has until it is forgotten. */
  takeKey(): string {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    this.#keys += 1;
    return `pending.${this.#self}.${this.#keys}`;
  }

  /**
   * Keeps what an interaction asks for under a key of `takeKey`, and its token.
   * @throws NatsError when one of the two is not stored, or nobody knows whether it is.
   */
  async keep(key: string, pending: Pending): Promise<void> {
    // Before either is begun: a rejection that nobody awaits would end the process.
    const bucket = this.#bucket;
    await Promise.all([
      this.keepToken(pending.request.id, pending.token),
      bucket.put(key, JSON.stringify(pending)),
    ]);
  }

  /** Keeps the token of an interaction. @throws NatsError when it is not stored, or nobody knows whether it is. */
  async keepToken(interactionId: string, token: string): Promise<void> {
    await this.#bucket.put(tokenKey(interactionId), token);
  }

  /**
   * What was pending is decided: it is in the stream, or it never counts. The key may be used again.
   * @throws NatsError when that cannot be stored; another bot finds out what became of it then.
   */
  async forget(key: string): Promise<void> {
    await this.#bucket.delete(key);
    if (key.startsWith(`pending.${this.#self}.`)) this.#free.push(key);
  }

  /** Everything that is pending, of all bots. @throws NatsError when the bucket cannot be asked. */
  async pending(): Promise<PendingEntry[]> {
    if (this.#opened === undefined) return [];
    const entries = await this.#opened.entries('pending.>');
    return entries.flatMap(({ key, value }) => {
      const pending = parsePending(value);
      // One of a later release is for bots of that.
      return pending === undefined ? [] : [{ key, ...pending }];
    });
  }

  /** The token of an interaction; undefined once it has expired. @throws NatsError when the bucket cannot be asked. */
  async token(interactionId: string): Promise<string | undefined> {
    if (this.#opened === undefined) return undefined;
    const key = tokenKey(interactionId);
    const entry = await this.#bucket.get(key);
    if (entry?.operation === 'PUT') return entry.string();
    // A replica of the bucket may be a moment behind; its leader is not.
    return (await this.#bucket.entries(key))[0]?.value;
  }
}
