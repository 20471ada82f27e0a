import { snowflakeAt } from '@popple/shared/contract/ids';
import type { ChangeKarma, Request } from '@popple/shared/contract/request';

export const GUILD = '100';

let made = 0n;

/** The id of a message written `ageMs` ago, by default a minute; each call gives another. */
export function messageId(ageMs = 60_000): string {
  made += 1n;
  return String(BigInt(snowflakeAt(Date.now() - ageMs)) + made);
}

function envelope(guildId: string) {
  return { v: 1, id: messageId(), guildId, channelId: '7', userId: '8' } as const;
}

/** A request that gives `subject` karma. */
export function change(subject: string, delta = 1, override: Partial<ChangeKarma> = {}): ChangeKarma {
  const changes = [{ subject, display: subject, delta }];
  return { ...envelope(override.guildId ?? GUILD), kind: 'change-karma', changes, ...override };
}

/** A request that only asks. */
export function check(subject: string, guildId = GUILD): Request {
  return { ...envelope(guildId), kind: 'check-karma', subjects: [{ subject, display: subject }] };
}

/** A request that sets whether changes are announced. */
export function announce(on: boolean, guildId = GUILD): Request {
  return { ...envelope(guildId), kind: 'change-announce', announce: on };
}
