import type { ChangeKarma, CheckKarma, Request, Undo } from '@popple/shared/contract/request';
import { type MessageOptions, messageEnvelope } from '@popple/shared/contract/testing/envelope';

export const GUILD = '100';

/** A request that gives `subject` karma. */
export function change(subject: string, delta = 1, options: MessageOptions = {}): ChangeKarma {
  const changes = [{ subject, display: subject, delta }];
  return { ...messageEnvelope({ guildId: GUILD, ...options }), kind: 'change-karma', changes };
}

/** A request that only asks. */
export function check(subject: string, guildId = GUILD): CheckKarma {
  return { ...messageEnvelope({ guildId }), kind: 'check-karma', subjects: [{ subject, display: subject }] };
}

/** A request that takes back what its member changed last. */
export function undo(options: MessageOptions = {}): Undo {
  return { ...messageEnvelope({ guildId: GUILD, ...options }), kind: 'undo' };
}

/** A request that sets whether changes are announced. */
export function announce(on: boolean, guildId = GUILD): Request {
  return { ...messageEnvelope({ guildId }), kind: 'change-setting', key: 'announce', value: on };
}
