/** What one check of `popple doctor` found out. */
export interface Finding {
  /** What was looked at, such as `Discord: token`. */
  readonly check: string;
  /** `skipped`: not configured, or these credentials may not look. */
  readonly status: 'ok' | 'wrong' | 'skipped';
  /** What is there, in a phrase. */
  readonly about: string;
  /** What to do, in a sentence; with every `wrong`. */
  readonly advice?: string;
}

/** What was looked at is as it should be. */
export const ok = (check: string, about: string): Finding => ({ check, status: 'ok', about });

/** It is not, and `advice` says what to do. */
export const wrong = (check: string, about: string, advice: string): Finding => ({
  check,
  status: 'wrong',
  about,
  advice,
});

/** It is not configured, or may not be looked at. */
export const skipped = (check: string, about: string): Finding => ({ check, status: 'skipped', about });

/** How far two clocks may be apart, in milliseconds; Discord tells its own in whole seconds. */
const CLOCK_TOLERANCE_MS = 5_000;

/** Compares a server's clock with this machine's. Both in milliseconds since the Unix epoch, taken at one moment. */
export function clockFinding(
  check: string,
  { theirsMs, oursMs }: { theirsMs: number; oursMs: number },
): Finding {
  const apartMs = oursMs - theirsMs;
  if (Math.abs(apartMs) <= CLOCK_TOLERANCE_MS) return ok(check, 'within 5 s of this machine');
  const direction = apartMs > 0 ? 'ahead of' : 'behind';
  return wrong(
    check,
    `this machine is ${Math.round(Math.abs(apartMs) / 1_000)} s ${direction} it`,
    'Set both clocks by NTP (timedatectl set-ntp true): the age of messages decides what is replied to.',
  );
}
