import { describeError, type Log } from '@popple/shared/observability/log';
import type { NatsConnection } from 'nats';
import { type KV, NatsError } from 'nats';
import { z } from 'zod';
import { invalidRequests } from '../metrics';
import type { ClosedChannels } from './closed-channels';
import { InvalidRequests } from './invalid-requests';

/** What bots publish for each other. Nothing depends on it being received, so it is not stored. */
const INVALID_SUBJECT = 'popple.bot.invalid-requests';
const PERMISSIONS_SUBJECT = 'popple.bot.permissions-changed';

/** The counts, for a bot that starts when no other is live. */
const COUNTS_KEY = 'invalid-requests';

const PUBLISH_EVERY_MS = 1_000;
const STORE_EVERY_MS = 10_000;

const countSchema = z.object({ bot: z.string(), count: z.int().min(1) });
const permissionsSchema = z.object({ bot: z.string(), guildId: z.string() });
const countsSchema = z.array(z.tuple([z.number(), z.number()]));

function parse<Value>(schema: z.ZodType<Value>, text: string): Value | undefined {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

export interface FleetOptions {
  connection: NatsConnection;
  /** Where counts outlive every bot. */
  bucket: KV;
  log: Log;
  /** This bot's id, unlike that of any other. */
  self: string;
  closed: ClosedChannels;
}

/**
 * What all bots of a token must know together so that Discord does not ban them: how many invalid requests they have made,
 * and where permissions have changed. Bots publish it for each other every second, and store the counts every ten, so that a
 * restart does not begin the count anew. While NATS is away each goes by what it knows.
 */
export class Fleet {
  readonly invalid = new InvalidRequests();
  readonly #options: FleetOptions;
  readonly #timers: ReturnType<typeof setInterval>[];
  #unpublished = 0;
  #stored = '[]';
  #wasStopped = false;

  private constructor(options: FleetOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#publishCount(), PUBLISH_EVERY_MS),
      setInterval(() => void this.#store(), STORE_EVERY_MS),
    ];
    void this.#listen();
  }

  /** Joins the other bots. @throws NatsError when the bucket cannot be asked. */
  static async join(options: FleetOptions): Promise<Fleet> {
    const entry = await options.bucket.get(COUNTS_KEY);
    const fleet = new Fleet(options);
    if (entry?.operation === 'PUT') fleet.invalid.merge(parse(countsSchema, entry.string()) ?? []);
    return fleet;
  }

  /** Counts a response of Discord's, if it is one that counts. */
  responded(status: number, scope: string | null): void {
    if (!InvalidRequests.isInvalid(status, scope)) return;
    this.invalid.add(1);
    this.#unpublished += 1;
  }

  /** The bot's permissions may have changed in a server: for this bot, and for the others. */
  permissionsChanged(guildId: string): void {
    this.#options.closed.permissionsChanged(guildId);
    this.#publish(PERMISSIONS_SUBJECT, { bot: this.#options.self, guildId });
  }

  /** Publishes and stores what is left, and stops. */
  async leave(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#publishCount();
    await this.#store();
  }

  #publish(subject: string, value: object): void {
    const { connection } = this.#options;
    if (!connection.isClosed()) connection.publish(subject, JSON.stringify(value));
  }

  #publishCount(): void {
    const problem = this.invalid.problem();
    invalidRequests.set(this.invalid.total());
    if (problem !== undefined && !this.#wasStopped) this.#options.log.error(problem);
    if (problem === undefined && this.#wasStopped)
      this.#options.log.info('Discord refuses few requests again: posting again');
    this.#wasStopped = problem !== undefined;
    if (this.#unpublished === 0) return;
    this.#publish(INVALID_SUBJECT, { bot: this.#options.self, count: this.#unpublished });
    this.#unpublished = 0;
  }

  async #listen(): Promise<void> {
    const { connection, self, closed } = this.#options;
    const counted = connection.subscribe(INVALID_SUBJECT, {
      callback: (error, message) => {
        const value = error === null ? parse(countSchema, message.string()) : undefined;
        if (value !== undefined && value.bot !== self) this.invalid.add(value.count);
      },
    });
    const changed = connection.subscribe(PERMISSIONS_SUBJECT, {
      callback: (error, message) => {
        const value = error === null ? parse(permissionsSchema, message.string()) : undefined;
        if (value !== undefined && value.bot !== self) closed.permissionsChanged(value.guildId);
      },
    });
    await connection.closed();
    counted.unsubscribe();
    changed.unsubscribe();
  }

  async #store(): Promise<void> {
    const { bucket, log } = this.#options;
    const text = JSON.stringify(this.invalid.counts());
    if (text === this.#stored) return;
    try {
      await bucket.put(COUNTS_KEY, text);
      this.#stored = text;
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      // It is tried again in ten seconds; the live bots have the counts.
      log.warn(`cannot store the count of invalid requests: ${describeError(error)}`);
    }
  }
}
