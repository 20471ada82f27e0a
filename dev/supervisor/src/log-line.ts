import { z } from 'zod';
import type { Colour, Paint } from './colours';

/** The services whose lines have a prefix. */
export type ServiceName = 'popple' | 'bot' | 'svc' | 'db' | 'discord' | 'nats' | 'postgres';

const colourOf: Readonly<Record<ServiceName, Colour>> = {
  popple: 'bold',
  bot: 'cyan',
  svc: 'green',
  db: 'blue',
  discord: 'yellow',
  nats: 'magenta',
  postgres: 'blue',
};

const prefixWidth = Math.max(...Object.keys(colourOf).map((name) => name.length));

/** The lines to print for one line that a service wrote, each with the service's prefix. */
export function formatLine(service: ServiceName, line: string, paint: Paint): string[] {
  const prefix = paint(colourOf[service], `${service.padEnd(prefixWidth)} |`);
  return readable(line, paint).map((text) => `${prefix} ${text}`.trimEnd());
}

// pino's numbers, for libraries that keep them.
const levelNames: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};
const colourOfLevel: Readonly<Record<string, Colour>> = {
  trace: 'dim',
  debug: 'dim',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
};

const pinoLine = z.looseObject({
  level: z.union([z.string(), z.number()]),
  time: z.union([z.string(), z.number()]).optional(),
  msg: z.string().optional(),
});
const loggedError = z.looseObject({ message: z.string(), stack: z.string().optional() });

// The same in every line of a service, and in the prefix or of no use here.
const keysLeftOut = new Set(['level', 'time', 'msg', 'part', 'pid', 'hostname', 'err']);

function readable(line: string, paint: Paint): string[] {
  const entry = line.startsWith('{') ? pinoLine.safeParse(tryJson(line)) : undefined;
  if (!entry?.success) return [line];
  const { level, time, msg = '', ...rest } = entry.data;
  const name = typeof level === 'number' ? (levelNames[level] ?? String(level)) : level;
  const details = Object.entries(rest)
    .filter(([key]) => !keysLeftOut.has(key))
    .map(([key, value]) =>
      paint('dim', `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`),
    );
  const colour = colourOfLevel[name];
  const padded = name.padEnd(5);
  const head = [paint('dim', clock(time)), colour ? paint(colour, padded) : padded, msg, ...details];
  return [head.filter((word) => word !== '').join(' '), ...errorLines(rest.err, paint)];
}

function errorLines(err: unknown, paint: Paint): string[] {
  const error = loggedError.safeParse(err);
  if (!error.success) return [];
  const text = error.data.stack ?? error.data.message;
  return text.split('\n').map((line) => paint('dim', `  ${line}`));
}

function clock(time: string | number | undefined): string {
  const date = new Date(time ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return '';
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
