import pino from 'pino';

/** What the parts log through; pino's own interface, so that its documentation holds. */
export type Log = pino.Logger;

/**
 * A logger of JSON lines to standard output, each with the part's name. Lines are written at once, so the last words
 * of a process that dies are not lost. Secrets are kept out by the key they would stand under.
 */
export function openLog(part: string, level: string): Log {
  return pino(
    {
      level,
      base: { part },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: ['token', 'password', 'url', '*.token', '*.password'], censor: '[secret]' },
    },
    pino.destination({ dest: 1, sync: true }),
  );
}

/** A logger that says nothing, for code under test. */
export function silentLog(): Log {
  return pino({ level: 'silent' });
}

/** What JetStream said, where nats.js makes only its number the message. */
function jetStreamReason(error: Error): string | undefined {
  const detail = 'api_error' in error ? error.api_error : undefined;
  if (typeof detail !== 'object' || detail === null || !('description' in detail)) return undefined;
  return typeof detail.description === 'string' ? detail.description : undefined;
}

/** A one-line account of an error and of what caused it, for a log line or a message to a person. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  const own = jetStreamReason(error) ?? (error.message === '' ? error.name : error.message);
  // postgres.js and nats.js sometimes repeat the code as the message.
  const told = code !== '' && own.includes(code.slice(0, -2)) ? own : code + own;
  return error.cause === undefined ? told : `${told} (${describeError(error.cause)})`;
}
