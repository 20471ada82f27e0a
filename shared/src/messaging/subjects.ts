import type { EventKind } from '../contract/event';
import type { RequestKind } from '../contract/request';

/** Every subject a stream takes in. */
export const SUBJECTS = {
  requests: 'popple.request.>',
  events: 'popple.event.>',
  dead: 'popple.dead.>',
} as const;

/** What a dead letter was before it died. */
export type DeadOrigin = 'request' | 'event';

/** Why a message was put aside; the last token of its subject, so that one reason can be listed or counted alone. */
export type DeadReason =
  | 'not-json'
  | 'not-in-contract'
  | 'unknown-version'
  | 'wrong-subject'
  | 'refused-by-postgres'
  | 'refused-by-discord';

/** The subject that a request is published to. */
export function requestSubject(request: { kind: RequestKind; guildId: string }): string {
  return `popple.request.${request.kind}.${request.guildId}`;
}

/** The subject that an event is published to. */
export function eventSubject(event: { kind: EventKind; guildId: string }): string {
  return `popple.event.${event.kind}.${event.guildId}`;
}

/** The subject that a dead letter is published to. */
export function deadSubject(origin: DeadOrigin, reason: DeadReason): string {
  return `popple.dead.${origin}.${reason}`;
}
