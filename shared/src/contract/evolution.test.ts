import { describe, expect, test } from 'bun:test';
import { decodeEvent, decodeRequest, encode } from '../messaging/codec';
import { eventSubject, requestSubject } from '../messaging/subjects';
import type { Event } from './event';
import { snowflakeTimeMs } from './ids';
import version1 from './releases/v1/messages.json';
import { readAsVersion1 } from './releases/v1/reader';
import version2 from './releases/v2/messages.json';
import { readAsVersion2 } from './releases/v2/reader';
import type { Request } from './request';
import { allEvents, allRequests } from './testing/examples';
import { CONTRACT_VERSION } from './version';

const bytes = (body: string) => new TextEncoder().encode(body);
const textOf = (message: Request | Event) => new TextDecoder().decode(encode(message));

interface Recorded {
  subject: string;
  body: string;
}

/** Every recorded message with today's reader of it. */
const recorded = ({ requests, events }: { requests: Recorded[]; events: Recorded[] }) => [
  ...requests.map(({ subject, body }) => [body, decodeRequest(bytes(body), subject)] as const),
  ...events.map(({ subject, body }) => [body, decodeEvent(bytes(body), subject)] as const),
];

describe('what earlier releases wrote, today’s processes read', () => {
  test.each(recorded(version1))('version 1: %s', (body, decoded) => {
    if (!decoded.ok) throw new Error(decoded.detail);
    const { v: _, channelId, userId, ...rest } = JSON.parse(body);
    const origin = { kind: 'message', channelId, messageId: rest.id, ...(userId ? { userId } : {}) };
    const at = snowflakeTimeMs(rest.id);
    expect(decoded.message).toMatchObject({ ...rest, v: CONTRACT_VERSION, at, origin });
  });

  test.each(recorded(version2))('version 2: %s', (body, decoded) => {
    if (!decoded.ok) throw new Error(decoded.detail);
    expect(JSON.parse(textOf(decoded.message))).toEqual(JSON.parse(body));
  });

  test('as many as there are kinds and origins', () => {
    expect([version1.requests.length, version1.events.length]).toEqual([5, 4]);
    expect([version2.requests.length, version2.events.length]).toEqual([9, 9]);
  });
});

/** What today's processes write, as `[whatever reads it, the message, its body]`. */
const today = [
  ...allRequests().map((message) => ['request', message, textOf(message)] as const),
  ...allEvents().map((message) => ['event', message, textOf(message)] as const),
];

describe('what today’s processes write, those of earlier releases read whole, or leave to a newer process', () => {
  test.each(today)('version 1: %s %j', (what, _message, body) => {
    expect(readAsVersion1(what, body)).toEqual({ ok: false, isNewer: true });
  });

  test.each(today)('version 2: %s %j', (what, message, body) => {
    const read = readAsVersion2(what, body);
    if (read.ok) expect(read.message as unknown).toEqual(message);
    else expect(read.isNewer).toBe(true);
  });
});

/** The same with a key that nobody knows in every object. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== 'object' || value === null) return value;
  const known = Object.entries(value).map(([key, inner]) => [key, withMore(inner)]);
  return { ...Object.fromEntries(known), ofALaterRelease: { kept: true } };
}

describe('what a later release adds survives every process that reads it and passes it on', () => {
  test.each(today)('%s %j', (what, message) => {
    const more = withMore(message);
    const data = encode(more as Request | Event);
    const decoded =
      what === 'request'
        ? decodeRequest(data, requestSubject(message as Request))
        : decodeEvent(data, eventSubject(message as Event));
    expect(decoded).toEqual({ ok: true, message: more } as typeof decoded);
    if (decoded.ok) expect(encode(decoded.message)).toEqual(data);
    const asVersion2 = readAsVersion2(what, new TextDecoder().decode(data));
    if (asVersion2.ok) expect(asVersion2.message as unknown).toEqual(more);
  });

  test.each([
    ['a kind', { kind: 'grow-wings' }],
    ['an origin', { origin: { kind: 'dream' } }],
  ])('%s that a process does not know waits for one that does', (_what, unknown) => {
    for (const [what, message] of today) {
      const data = bytes(JSON.stringify({ ...message, ...unknown }));
      const decoded =
        what === 'request'
          ? decodeRequest(data, requestSubject(message as Request))
          : decodeEvent(data, eventSubject(message as Event));
      expect(decoded).toMatchObject({ ok: false, reason: 'not-in-contract', isNewer: true });
    }
  });

  test.each([
    ['no kind', { kind: undefined }],
    ['a kind that is no name', { kind: 7 }],
    ['an origin without a kind', { origin: {} }],
    ['no origin', { origin: undefined }],
    ['a field that is wrong', { guildId: 'zero' }],
  ])('%s is of no release, and waits for nobody', (_what, wrong) => {
    const [message] = allRequests();
    if (message === undefined) throw new Error('there is no request');
    const decoded = decodeRequest(bytes(JSON.stringify({ ...message, ...wrong })), requestSubject(message));
    expect(decoded).toMatchObject({ ok: false, reason: 'not-in-contract', isNewer: false });
  });
});
