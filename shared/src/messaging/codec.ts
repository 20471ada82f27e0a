import type { Event } from '../contract/event';
import { fromVersion1 } from '../contract/from-version-1';
import { eventSchema, requestSchema } from '../contract/kinds';
import { fromOldKind } from '../contract/old-kinds';
import type { Request } from '../contract/request';
import { withoutEqualDisplay } from '../contract/subject';
import { CONTRACT_VERSION } from '../contract/version';
import { type DeadReason, eventSubject, requestSubject } from './subjects';

/** A payload read as what it claims to be, or why it cannot be. */
export type Decoded<Message> =
  | { ok: true; message: Message }
  /** `isNewer`: it is of a later release, or seems to be, and processes of that can read it. */
  | { ok: false; reason: DeadReason; detail: string; isNewer: boolean };

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** A request or an event without what its reader can fill in. */
function compact(message: Request | Event): object {
  if ('changes' in message) return { ...message, changes: message.changes.map(withoutEqualDisplay) };
  if ('subjects' in message) return { ...message, subjects: message.subjects.map(withoutEqualDisplay) };
  return message;
}

/** The bytes of a request or an event on its subject. */
export function encode(message: Request | Event): Uint8Array {
  return encoder.encode(JSON.stringify(compact(message)));
}

function unreadable(reason: DeadReason, detail: string) {
  return { ok: false, reason, detail, isNewer: false } as const;
}

function readJson(data: Uint8Array): Decoded<unknown> {
  try {
    return { ok: true, message: JSON.parse(decoder.decode(data)) };
  } catch (error) {
    return unreadable('not-json', error instanceof Error ? error.message : String(error));
  }
}

function versionOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'v' in value ? value.v : undefined;
}

interface Issue {
  code?: string | undefined;
  path: PropertyKey[];
  message: string;
}

/** The part of a zod schema that decoding needs. */
interface Schema<Message> {
  safeParse(
    value: unknown,
  ): { success: true; data: Message } | { success: false; error: { issues: readonly Issue[] } };
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? Object.getOwnPropertyDescriptor(inner, key)?.value
        : undefined,
    value,
  );
}

/** How zod says that a name is none of those it knows: of a kind of message or origin, and of a setting. */
const UNKNOWN_NAMES = [
  { code: 'invalid_union', field: 'kind' },
  { code: 'invalid_value', field: 'key' },
];

/** Whether a message is, comes from, or is about something that has a name and that this process does not know. */
function hasUnknownName(value: unknown, issues: readonly Issue[]): boolean {
  return issues.some(
    ({ code, path }) =>
      UNKNOWN_NAMES.some((one) => one.code === code && one.field === path.at(-1)) &&
      typeof at(value, path) === 'string',
  );
}

function decode<Message extends { kind: string }>(
  data: Uint8Array,
  subject: string,
  schema: Schema<Message>,
  subjectOf: (message: Message) => string,
): Decoded<Message> {
  const json = readJson(data);
  if (!json.ok) return json;
  const version = versionOf(json.message);
  if (typeof version === 'number' && version !== 1 && version !== CONTRACT_VERSION) {
    const detail = `version ${version}, this process knows ${CONTRACT_VERSION}`;
    return { ...unreadable('unknown-version', detail), isNewer: version > CONTRACT_VERSION };
  }
  const { message, oldKind } = fromOldKind(version === 1 ? fromVersion1(json.message) : json.message);
  const result = schema.safeParse(message);
  if (!result.success) {
    const { issues } = result.error;
    const detail = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    return { ...unreadable('not-in-contract', detail), isNewer: hasUnknownName(message, issues) };
  }
  // What the broker let the publisher say is in the subject; a body that says otherwise is not to be believed.
  const { kind } = result.data;
  const expected = subjectOf(result.data).replace(`.${kind}.`, `.${oldKind ?? kind}.`);
  if (expected !== subject) return unreadable('wrong-subject', `its body belongs on ${expected}`);
  return { ok: true, message: result.data };
}

/** Reads a request that came on `subject`. Never throws. */
export function decodeRequest(data: Uint8Array, subject: string): Decoded<Request> {
  return decode(data, subject, requestSchema, requestSubject);
}

/** Reads an event that came on `subject`. Never throws. */
export function decodeEvent(data: Uint8Array, subject: string): Decoded<Event> {
  return decode(data, subject, eventSchema, eventSubject);
}
