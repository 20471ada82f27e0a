import { z } from 'zod';
import { open } from './open';

/** Settings had kinds of their own: `change-announce` and, as its event, `announce-changed`. */
const announceSchema = open({
  kind: z.enum(['change-announce', 'announce-changed']),
  announce: z.boolean(),
});

/** A message as it is said today. */
export interface Upgraded {
  message: unknown;
  /** Its kind as it was sent, where that is another today. */
  oldKind?: string;
}

/** A request or an event of a kind that earlier releases wrote, as today's kind says the same. Anything else is returned as it is. */
export function fromOldKind(message: unknown): Upgraded {
  const read = announceSchema.safeParse(message);
  if (!read.success) return { message };
  const { kind: oldKind, announce, ...rest } = read.data;
  const kind = oldKind === 'change-announce' ? 'change-setting' : 'setting-changed';
  return { message: { ...rest, kind, key: 'announce', value: announce }, oldKind };
}
