import type { EventKind } from '../contract/event';
import type { QueryKind } from '../contract/query';
import type { RequestKind } from '../contract/request';

/** Every subject a stream takes in. */
export const SUBJECTS = {
  requests: 'popple.request.>',
  events: 'popple.event.>',
  dead: 'popple.dead.>',
} as const;

/** What a dead letter was before. */
export type DeadOrigin = 'request' | 'event';

/** Why a message was dead-lettered; a token of its subject, so that one reason can be listed or counted alone. */
export type DeadReason =
  | 'not-json'
  | 'not-in-contract'
  | 'unknown-version'
  | 'wrong-subject'
  | 'refused-by-postgres'
  | 'older-than-ledger'
  | 'refused-by-discord';

/** The subject that a request is published to. */
export function requestSubject(request: { kind: RequestKind; guildId: string }): string {
  return `popple.request.${request.kind}.${request.guildId}`;
}

/** The subject that an event is published to. */
export function eventSubject(event: { kind: EventKind; guildId: string }): string {
  return `popple.event.${event.kind}.${event.guildId}`;
}

/** The subject on which svc serves queries of a kind. No stream takes it in. */
export function querySubject(kind: QueryKind): string {
  return `popple.query.${kind}`;
}

/** Which message of a stream a dead letter is: a token of its subject, so that each is dead-lettered once. */
export interface DeadIdentity {
  streamSequence: number;
  /** When the stream stored it, in nanoseconds since the Unix epoch: a stream made anew counts from 1 again. */
  timestampNanos: number;
}

/** The subject that a dead letter is published to: one for each message and reason. */
export function deadSubject(
  origin: DeadOrigin,
  reason: DeadReason,
  { streamSequence, timestampNanos }: DeadIdentity,
): string {
  return `popple.dead.${origin}.${reason}.${streamSequence}-${timestampNanos}`;
}

/** Matches the dead letters of one reason, whatever they were before. */
export function deadSubjectsOf(reason: string): string {
  return `popple.dead.*.${reason}.*`;
}
