import { z } from 'zod';
import { PRESETS } from '../contract/rule-settings';
import { durationMs, durationMsOrForever } from './duration';
import type { Variable } from './environment';

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'expected a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `expected a whole number from ${min} to ${max}`);
}

function url(...protocols: string[]) {
  const begins = protocols.map((protocol) => `${protocol}//`);
  return z.string().refine(
    (text) => {
      // "postgres:secret@host" parses, too: as a path, which a log would show.
      return begins.some((beginning) => text.startsWith(beginning)) && URL.canParse(text);
    },
    `expected a URL that begins with ${begins.join(' or ')}`,
  );
}

/**
 * A URL with user and password. A password with a character that means something in a URL ends early there, and its rest
 * would be taken for a port, a path or a fragment, which are shown.
 */
function serverUrl(...protocols: string[]) {
  return url(...protocols).refine(isEscaped, {
    message: 'write @ : / ? # and % in the user or the password as %40 %3A %2F %3F %23 and %25',
    when: ({ issues }) => issues.length === 0,
  });
}

function isEscaped(text: string): boolean {
  const { username, password, pathname, search, hash } = new URL(text);
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
  } catch {
    return false;
  }
  return hash === '' && !`${pathname}${search}`.includes('@');
}

function natsServers() {
  const server = serverUrl('nats:', 'tls:');
  return z
    .string()
    .transform((text) => text.split(',').map((entry) => entry.trim()))
    .pipe(z.array(server).min(1));
}

function variable<Schema extends z.ZodType>(definition: Variable<Schema>): Variable<Schema> {
  return definition;
}

/** Every environment variable that bot and svc read, in one place; each service picks those it uses. */
export const VARIABLES = {
  DISCORD_TOKEN: variable({
    schema: z.string().regex(/^\S+$/, 'expected a token without spaces'),
    about: "the bot's token, from https://discord.com/developers/applications, page Bot, button Reset Token",
    secret: true,
  }),
  DISCORD_API_URL: variable({
    schema: url('http:', 'https:').transform((text) => text.replace(/\/+$/, '')),
    about: "where Discord's REST API is, without its version",
    fallback: 'https://discord.com/api',
  }),
  MESSAGE_CONTENT: variable({
    schema: z.enum(['on', 'off']).transform((value) => value === 'on'),
    about:
      'whether the bot asks for the text of all messages (a privileged intent); off leaves mentions of it, commands and menus',
    fallback: 'on',
  }),
  NATS_URL: variable({
    schema: natsServers(),
    about: 'where NATS is, such as nats://user:password@nats:4222; several servers with commas between them',
    secret: true,
  }),
  DATABASE_URL: variable({
    schema: serverUrl('postgres:', 'postgresql:'),
    about: 'where Postgres is, such as postgres://user:password@postgres:5432/popple',
    secret: true,
  }),
  DATABASE_POOL_SIZE: variable({
    schema: wholeNumber(1, 100),
    about:
      'how many connections to Postgres one svc process opens at most for requests; queries have two more',
    fallback: '4',
  }),
  HTTP_HOST: variable({
    schema: z.string().min(1),
    about: 'the address that /livez, /readyz and /metrics listen on; 0.0.0.0 for all',
    fallback: '127.0.0.1',
  }),
  HTTP_PORT: variable({
    schema: wholeNumber(0, 65_535),
    about: 'the port of /livez, /readyz and /metrics; 0 for any that is free',
    fallback: '8080',
  }),
  LOG_LEVEL: variable({
    schema: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal']),
    about: 'the least severe log line to write: trace, debug, info, warn, error or fatal',
    fallback: 'info',
  }),
  REPLY_MAX_AGE: variable({
    schema: durationMs,
    about: 'how old a message may be and still get a reply, such as 1h; its karma counts in any case',
    fallback: '1h',
  }),
  BACKFILL_MAX_AGE: variable({
    schema: durationMs,
    about: 'how far back the bot backfills messages that it missed while it was away, such as 24h',
    fallback: '24h',
  }),
  BACKFILL_MAX_MESSAGES: variable({
    schema: wholeNumber(1, 1_000_000),
    about: 'how many messages of one channel a backfill reads at most, the newest',
    fallback: '5000',
  }),
  OUTBOX_CAPACITY: variable({
    schema: wholeNumber(1, 1_000_000),
    about:
      'how many requests may wait for NATS before the bot disconnects from the gateway until they are published',
    fallback: '20000',
  }),
  SHARD_COUNT: variable({
    schema: z
      .string()
      .regex(/^(auto|[1-9]\d{0,3})$/, 'expected auto, or a whole number from 1 to 9999')
      .transform((text) => (text === 'auto' ? undefined : Number(text))),
    about: "how many shards the servers are spread over; auto for Discord's recommendation",
    fallback: 'auto',
  }),
  SHARD_REPLICAS: variable({
    schema: wholeNumber(1, 4),
    about: 'how many bots read each shard at the same time: with 2, either can die unnoticed',
    fallback: '1',
  }),
  STREAM_MAX_AGE: variable({
    schema: durationMs.refine((value) => value >= 120_000, 'expected at least 2m, the duplicate window'),
    about: 'how long requests and events are kept for replay, such as 7d',
    fallback: '7d',
  }),
  LEDGER_RETENTION: variable({
    schema: durationMs,
    about:
      'how long the ledger keeps which requests were applied, such as 30d; ' +
      'longer than any message can still be delivered (BACKFILL_MAX_AGE + 3 × STREAM_MAX_AGE + 1h)',
    fallback: '30d',
  }),
  HISTORY_RETENTION: variable({
    schema: durationMsOrForever,
    about:
      'how long the journal keeps which changes of karma counted, in whole months: forever, or such as 365d; ' +
      'longer than LEDGER_RETENTION. No total changes',
    fallback: 'forever',
  }),
  RULES_PRESET: variable({
    schema: z.enum(PRESETS),
    about:
      'the rules of servers that have chosen none: relaxed (no cooldown, quota or other limit), default, or strict',
    fallback: 'default',
  }),
  STREAM_MAX_BYTES: variable({
    schema: wholeNumber(1_048_576, Number.MAX_SAFE_INTEGER),
    about: 'how many bytes each stream may take before it refuses new messages',
    fallback: '1073741824',
  }),
  STREAM_REPLICAS: variable({
    schema: z.enum(['1', '3', '5']).transform(Number),
    about: 'on how many servers of a NATS cluster each stream is kept: 1, 3 or 5',
    fallback: '1',
  }),
};
