import { readOptions } from '@popple/shared/operator/command-line';
import { OperatorError } from '@popple/shared/process/operator-error';
import { onStopSignals } from '@popple/shared/process/stop-signals';
import { z } from 'zod';
import chatPage from '../page/index.html';
import { type LocalDiscordOptions, startLocalDiscord } from './local-discord';

const USAGE = `Starts the local Discord: gateway, REST API and a chat page on one port.

  bun dev/discord/src/main.ts [options]

  --port <number>        where to listen (default: any free port)
  --host <address>       address to bind to (default: 127.0.0.1)
  --allow-host <name>    a further name to be reached by; may be repeated
  --public-url <url>     what bots reach files by (default: the loopback address)
  --state <file>         keep servers and messages in this file
  --token <text>         the bot token that is accepted (default: local)
  --latency <ms>         added to every round trip
  --empty                begin with no servers and nobody but the bot
  --no-rate-limits       answer as fast as one asks
  --reload               bundle the chat page again when one of its files changes
  --help                 show this
`;

const argumentsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  host: z.string().optional(),
  'allow-host': z.array(z.string()).default([]),
  'public-url': z
    .url()
    .transform((url) => url.replace(/\/$/, ''))
    .optional(),
  state: z.string().optional(),
  token: z.string().optional(),
  latency: z.coerce.number().int().min(0).optional(),
  empty: z.boolean().default(false),
  'no-rate-limits': z.boolean().default(false),
  reload: z.boolean().default(false),
  help: z.boolean().default(false),
});

async function run(): Promise<void> {
  const parsed = readArguments();
  if (parsed === null) return;
  const discord = await startLocalDiscord(parsed);
  process.stdout.write(`Local Discord at ${discord.url}\nDISCORD_API_URL=${discord.apiUrl}\n`);
  const stopped = Promise.withResolvers<void>();
  onStopSignals(['SIGINT', 'SIGTERM'], {
    first: () => void discord.stop().then(stopped.resolve, stopped.reject),
    again: () => process.exit(1),
  });
  await stopped.promise;
  process.exit(0);
}

/** Null when only the usage was asked for. Raises `UsageError` or `ZodError` for what is not an option. */
function readArguments(): LocalDiscordOptions | null {
  const values = readOptions(process.argv.slice(2), {
    port: { type: 'string' },
    host: { type: 'string' },
    'allow-host': { type: 'string', multiple: true },
    'public-url': { type: 'string' },
    state: { type: 'string' },
    token: { type: 'string' },
    latency: { type: 'string' },
    empty: { type: 'boolean' },
    'no-rate-limits': { type: 'boolean' },
    reload: { type: 'boolean' },
    help: { type: 'boolean' },
  });
  const given = argumentsSchema.parse(values);
  if (given.help) {
    process.stdout.write(USAGE);
    return null;
  }
  return {
    ...(given.port === undefined ? {} : { port: given.port }),
    ...(given.host === undefined ? {} : { hostname: given.host }),
    ...(given.state === undefined ? {} : { stateFile: given.state }),
    ...(given['public-url'] === undefined ? {} : { publicUrl: given['public-url'] }),
    allowedHosts: given['allow-host'],
    token: given.token,
    latencyMs: given.latency,
    seed: given.empty ? 'empty' : 'default',
    rateLimits: given['no-rate-limits'] ? 'off' : undefined,
    routes: { '/': chatPage },
    development: given.reload,
  };
}

/** One line for what the person who started it can put right; anything else with its stack. */
function explain(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`).join('\n');
  }
  if (error instanceof OperatorError) return error.message;
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
    return 'the port is taken: choose another with --port, or leave it out';
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exit(1);
}
