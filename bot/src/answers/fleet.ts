import { describeError, type Log } from '@popple/shared/observability/log';
import type { NatsConnection } from 'nats';
import { type KV, NatsError } from 'nats';
import { z } from 'zod';
import { invalidRequests } from '../metrics';
import type { ClosedChannels } from './closed-channels';
import { InvalidRequests } from './invalid-requests';

/** What bots tell each other. Nothing depends on it being heard, so it is not stored. */
const INVALID_SUBJECT = 'popple.bot.invalid-requests';
const PERMISSIONS_SUBJECT = 'popple.bot.permissions-changed';

/** What was counted, for a bot that starts when no other lives. */
const COUNTS_KEY = 'invalid-requests';

const TELL_EVERY_MS = 1_000;
const WRITE_EVERY_MS = 10_000;

const toldSchema = z.object({ bot: z.string(), count: z.int().min(1) });
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
 * and where permissions have changed. Bots tell each other every second, and write the counts down every ten, so that
 * starting anew does not begin the count anew. While NATS is away each goes by what it knows.
 */
export class Fleet {
  readonly invalid = new InvalidRequests();
  readonly #options: FleetOptions;
  readonly #timers: ReturnType<typeof setInterval>[];
  #untold = 0;
  #written = '[]';
  #wasStopped = false;

  private constructor(options: FleetOptions) {
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#tell(), TELL_EVERY_MS),
      setInterval(() => void this.#write(), WRITE_EVERY_MS),
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

  /** Takes note of an answer of Discord's. */
  answered(status: number, scope: string | null): void {
    if (!InvalidRequests.isInvalid(status, scope)) return;
    this.invalid.add(1);
    this.#untold += 1;
  }

  /** Says that the bot's permissions may have changed in a server, here and to the other bots. */
  permissionsChanged(guildId: string): void {
    this.#options.closed.permissionsChanged(guildId);
    this.#publish(PERMISSIONS_SUBJECT, { bot: this.#options.self, guildId });
  }

  /** Tells and writes down what is left, and stops. */
  async leave(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#tell();
    await this.#write();
  }

  #publish(subject: string, value: object): void {
    const { connection } = this.#options;
    if (!connection.isClosed()) connection.publish(subject, JSON.stringify(value));
  }

  #tell(): void {
    const problem = this.invalid.problem();
    invalidRequests.set(this.invalid.total());
    if (problem !== undefined && !this.#wasStopped) this.#options.log.error(problem);
    if (problem === undefined && this.#wasStopped)
      this.#options.log.info('Discord refuses few requests again: posting again');
    this.#wasStopped = problem !== undefined;
    if (this.#untold === 0) return;
    this.#publish(INVALID_SUBJECT, { bot: this.#options.self, count: this.#untold });
    this.#untold = 0;
  }

  async #listen(): Promise<void> {
    const { connection, self, closed } = this.#options;
    const told = connection.subscribe(INVALID_SUBJECT, {
      callback: (error, message) => {
        const value = error === null ? parse(toldSchema, message.string()) : undefined;
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
    told.unsubscribe();
    changed.unsubscribe();
  }

  async #write(): Promise<void> {
    const { bucket, log } = this.#options;
    const text = JSON.stringify(this.invalid.counts());
    if (text === this.#written) return;
    try {
      await bucket.put(COUNTS_KEY, text);
      this.#written = text;
    } catch (error) {
      if (!(error instanceof NatsError)) throw error;
      // It is tried again in ten seconds; the bots that live have the counts.
      log.warn(`cannot store the count of invalid requests: ${describeError(error)}`);
    }
  }
}
