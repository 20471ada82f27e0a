import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;

/** A length of time such as `90s`, `15m`, `1h` or `7d`, in milliseconds; undefined when it is not one. */
export function parseDurationMs(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  return match ? Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS] : undefined;
}

/** A configured length of time, given as text and read as milliseconds. */
export const durationMs = z.string().transform((text, context) => {
  const value = parseDurationMs(text);
  if (value === undefined) {
    context.addIssue({ code: 'custom', message: 'expected a length of time such as 90s, 15m, 1h or 7d' });
    return z.NEVER;
  }
  return value;
});

/** As `durationMs`, or `forever`. */
export const durationMsOrForever = z.string().transform((text, context) => {
  if (text.trim() === 'forever') return 'forever' as const;
  const value = parseDurationMs(text);
  if (value !== undefined) return value;
  context.addIssue({ code: 'custom', message: 'expected forever, or a length of time such as 365d' });
  return z.NEVER;
});
