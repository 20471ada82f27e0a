/** How long to look for a condition, and how often. */
export interface Patience {
  /** 45 s by default. */
  readonly withinMs?: number;
  /** 20 ms by default. */
  readonly everyMs?: number;
}

const WITHIN_MS = 45_000;

/** Whether a condition comes to hold in time. @throws what the condition raises. */
export async function holdsInTime(
  holds: () => boolean | Promise<boolean>,
  { withinMs = WITHIN_MS, everyMs = 20 }: Patience = {},
): Promise<boolean> {
  for (const giveUpAtMs = Date.now() + withinMs; !(await holds()); await Bun.sleep(everyMs)) {
    if (Date.now() > giveUpAtMs) return false;
  }
  return true;
}

/**
 * Resolves when a condition holds.
 * @throws Error when it does not in time, with what did not come; else what the condition raises.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string | (() => string) = holds.toString(),
  patience: Patience = {},
): Promise<void> {
  if (await holdsInTime(holds, patience)) return;
  const { withinMs = WITHIN_MS } = patience;
  throw new Error(`waited ${withinMs / 1_000} s in vain until ${typeof what === 'string' ? what : what()}`);
}
