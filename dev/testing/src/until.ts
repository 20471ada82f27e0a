const LOOK_EVERY_MS = 20;
const WITHIN_MS = 45_000;

/**
 * Resolves when a condition holds, looked at every 20 ms.
 * @throws Error after 45 s, saying what did not come; else what the condition raises.
 */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string = holds.toString(),
): Promise<void> {
  const giveUpAtMs = Date.now() + WITHIN_MS;
  while (!(await holds())) {
    if (Date.now() > giveUpAtMs) throw new Error(`waited ${WITHIN_MS / 1_000} s in vain until ${what}`);
    await Bun.sleep(LOOK_EVERY_MS);
  }
}
