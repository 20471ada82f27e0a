import type { ChangeAnnounce, ChangeKarma, CheckBoard, CheckKarma } from '@popple/shared/contract/request';

export const GUILD = '81384788765712384';

let last = 1_000_000_000_000_000_000n;

/** An id above every one made before in this process, as the ids of later messages are. */
export function nextId(): string {
  last += 1n;
  return String(last);
}

function envelope() {
  return { v: 1, id: nextId(), guildId: GUILD, channelId: '200', userId: '300' } as const;
}

/** A change-karma request; `changes` maps the spelling to the change, and the key is the spelling in lower case. */
export function changeKarma(
  changes: Record<string, number>,
  override: Partial<ChangeKarma> = {},
): ChangeKarma {
  return {
    ...envelope(),
    kind: 'change-karma',
    changes: Object.entries(changes).map(([display, delta]) => ({
      subject: display.toLowerCase(),
      display,
      delta,
    })),
    ...override,
  };
}

export function changeAnnounce(announce: boolean, override: Partial<ChangeAnnounce> = {}): ChangeAnnounce {
  return { ...envelope(), kind: 'change-announce', announce, ...override };
}

export function checkKarma(displays: readonly string[], override: Partial<CheckKarma> = {}): CheckKarma {
  return {
    ...envelope(),
    kind: 'check-karma',
    subjects: displays.map((display) => ({ subject: display.toLowerCase(), display })),
    ...override,
  };
}

export function checkBoard(
  end: CheckBoard['end'],
  size: number,
  override: Partial<CheckBoard> = {},
): CheckBoard {
  return { ...envelope(), kind: 'check-board', end, size, ...override };
}
