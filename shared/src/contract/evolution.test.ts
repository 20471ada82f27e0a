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
import { allEvents, allRequests, exampleEvents, exampleRequests } from './testing/examples';
import { CONTRACT_VERSION } from './version';

const bytes = (body: string) => new TextEncoder().encode(body);
const textOf = (message: Request | Event) => new TextDecoder().decode(encode(message));

interface Recorded {
  subject: string;
  body: string;
}

/** A recorded message in today's words: what had a kind of its own for announcements is a setting among others. */
function inTodaysKinds(message: Record<string, unknown>): Record<string, unknown> {
  const { announce, ...rest } = message;
  if (rest.kind === 'change-announce')
    return { ...rest, kind: 'change-setting', key: 'announce', value: announce };
  if (rest.kind === 'announce-changed')
    return { ...rest, kind: 'setting-changed', key: 'announce', value: announce };
  return message;
}

/** Every recorded message with today's reader of it. */
const recorded = ({ requests, events }: { requests: Recorded[]; events: Recorded[] }) => [
  ...requests.map(({ subject, body }) => [body, decodeRequest(bytes(body), subject)] as const),
  ...events.map(({ subject, body }) => [body, decodeEvent(bytes(body), subject)] as const),
];

describe('what earlier releases wrote, today’s processes read', () => {
  test.each(recorded(version1))('version 1: %s', (body, decoded) => {
    if (!decoded.ok) throw new Error(decoded.detail);
    const { v: _, channelId, userId, ...rest } = inTodaysKinds(JSON.parse(body));
    const origin = { kind: 'message', channelId, messageId: rest.id, ...(userId ? { userId } : {}) };
    const at = snowflakeTimeMs(String(rest.id));
    expect(decoded.message).toMatchObject({ ...rest, v: CONTRACT_VERSION, at, origin });
  });

  test.each(recorded(version2))('version 2: %s', (body, decoded) => {
    if (!decoded.ok) throw new Error(decoded.detail);
    expect(JSON.parse(textOf(decoded.message))).toEqual(inTodaysKinds(JSON.parse(body)));
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

  test('a setting that svc does not know waits for one that does; a value that it cannot have does not', () => {
    const one = exampleRequests['change-setting'];
    const decodeWith = (change: object) =>
      decodeRequest(bytes(JSON.stringify({ ...one, ...change })), requestSubject(one));
    expect(decodeWith({ key: 'volume', value: 11 })).toMatchObject({ ok: false, isNewer: true });
    expect(decodeWith({ value: null })).toMatchObject({ ok: true });
    for (const wrong of [{ value: 'loud' }, { key: 7 }, { value: undefined }])
      expect(decodeWith(wrong)).toMatchObject({ ok: false, reason: 'not-in-contract', isNewer: false });
  });

  test('an event of a setting that bot does not know is read all the same', () => {
    const one = { ...exampleEvents['setting-changed'], key: 'volume', value: { left: 11 } };
    expect(decodeEvent(encode(one), eventSubject(one))).toEqual({ ok: true, message: one });
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
