import type { Log } from '@popple/shared/observability/log';
import pino from 'pino';

/**
 * A logger for a person at a terminal: warnings and worse reach `say` as plain sentences, nothing else is said. What the
 * parts share logs through the same interface as ever.
 */
export function terminalLog(say: (line: string) => void): Log {
  return pino(
    { level: 'warn', base: null, timestamp: false },
    {
      write: (line: string) => {
        const { msg }: { msg?: string } = JSON.parse(line);
        if (msg) say(msg);
      },
    },
  );
}
