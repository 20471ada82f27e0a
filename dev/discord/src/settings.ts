import { GatewayIntentBits } from 'discord-api-types/v10';
import { z } from 'zod';
import { ODDITIES } from './payload/oddities';

const durationMs = z.number().int().min(0);
const count = z.number().int().min(1);

/** At most `limit` requests in `perMs`, counted from the first; null is no limit. */
const rateLimitSchema = z.object({ limit: count, perMs: durationMs.min(1) }).nullable();

const rateLimitsSchema = z.object({
  /** Of all requests together. */
  global: rateLimitSchema.default({ limit: 50, perMs: 1000 }),
  /** Of creating (and, apart from that, of editing) messages, per channel. */
  messages: rateLimitSchema.default({ limit: 5, perMs: 5000 }),
  /** Of reacting, per channel. */
  reactions: rateLimitSchema.default({ limit: 1, perMs: 250 }),
  /** Of every other route, per channel or guild. */
  others: rateLimitSchema.default({ limit: 50, perMs: 1000 }),
});

/** What can be set at the start and changed while it runs. */
const settingsSchema = z.object({
  /** The one bot token that is accepted. */
  token: z.string().min(1),
  /** Added to every round trip of REST and gateway, half of it each way. */
  latencyMs: durationMs,
  /** Privileged intents switched on in the "developer portal": a bit field. */
  privilegedIntents: z.number().int().min(0),
  heartbeatIntervalMs: durationMs.min(10),
  /** How long a session whose connection was lost can be resumed. */
  sessionKeptMs: durationMs,
  /** Dispatches kept per session for a RESUME. */
  replayLimit: count,
  /** One IDENTIFY in this time per `shard_id % maxConcurrency`. */
  identifyIntervalMs: durationMs,
  maxConcurrency: count,
  /** IDENTIFYs in a day. */
  sessionStartsPerDay: count,
  /** How long such a day is, from the first IDENTIFY. */
  sessionStartsResetMs: durationMs.min(1),
  /** Returned by GET /gateway/bot; null is one for every 1,000 guilds. */
  recommendedShards: count.nullable(),
  /** More guilds than this on one shard are refused with close code 4011. */
  maxGuildsPerShard: count,
  /** How long an enforced nonce is remembered. */
  nonceWindowMs: durationMs,
  /** How long an interaction waits for its first answer, and how long its token lives. */
  interactionDeadlineMs: durationMs,
  interactionTokenMs: durationMs,
  /** Commands that an app may create in a day; what it only changes does not count. */
  commandCreatesPerDay: count,
  /** Limits that are left out are Discord's. */
  rateLimits: z.union([z.literal('off'), rateLimitsSchema]),
  /** How payloads differ from what Discord sends today. */
  oddities: z.array(z.enum(ODDITIES)),
});

/** Changes for settings in use. What is left out stays as it is. */
export const settingsChangeSchema = settingsSchema.partial();

export type Settings = z.infer<typeof settingsSchema>;
/** As a caller writes them. */
export type SettingsInput = z.input<typeof settingsChangeSchema>;
export type RateLimits = z.infer<typeof rateLimitsSchema>;
export type RateLimit = NonNullable<RateLimits['global']>;

/** Discord's values, where they are known; the token is for tests and development. */
export const DEFAULT_SETTINGS: Settings = {
  token: 'local',
  latencyMs: 0,
  privilegedIntents: GatewayIntentBits.MessageContent,
  heartbeatIntervalMs: 41_250,
  sessionKeptMs: 180_000,
  replayLimit: 10_000,
  identifyIntervalMs: 5000,
  maxConcurrency: 1,
  sessionStartsPerDay: 1000,
  sessionStartsResetMs: 24 * 60 * 60 * 1000,
  recommendedShards: null,
  maxGuildsPerShard: 2500,
  nonceWindowMs: 300_000,
  interactionDeadlineMs: 3000,
  interactionTokenMs: 15 * 60 * 1000,
  commandCreatesPerDay: 200,
  rateLimits: rateLimitsSchema.parse({}),
  oddities: [],
};

/**
 * Changes settings in place: everything that reads them sees it. What is undefined stays as it is. Raises `ZodError`
 * for what they cannot be.
 */
export function changeSettings(settings: Settings, change: SettingsInput): void {
  const given = Object.entries(settingsChangeSchema.parse(change)).filter(([, value]) => value !== undefined);
  Object.assign(settings, Object.fromEntries(given));
}

/** Whether the app may read message content: the Message Content intent is switched on for it. */
export function mayReadContent(settings: Settings): boolean {
  return (settings.privilegedIntents & GatewayIntentBits.MessageContent) !== 0;
}
