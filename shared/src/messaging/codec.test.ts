import { describe, expect, test } from 'bun:test';
import type { Event } from '../contract/event';
import type { Request } from '../contract/request';
import { messageEnvelope } from '../contract/testing/envelope';
import { decodeEvent, decodeRequest, encode } from './codec';
import { eventSubject, requestSubject } from './subjects';

const envelope = messageEnvelope();
const request: Request = {
  ...envelope,
  kind: 'change-karma',
  changes: [{ subject: 'alice', display: 'Alice', delta: 1 }],
};
const event: Event = {
  ...envelope,
  kind: 'karma-changed',
  announce: true,
  totals: [{ display: 'Alice', karma: '9223372036854775807' }],
};

const bytes = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const reasonOf = (value: unknown, subject = requestSubject(request)) => {
  const decoded = decodeRequest(bytes(value), subject);
  return decoded.ok ? 'ok' : decoded.reason;
};

describe('codec', () => {
  test('what was encoded is decoded', () => {
    expect(decodeRequest(encode(request), requestSubject(request))).toEqual({ ok: true, message: request });
    expect(decodeEvent(encode(event), eventSubject(event))).toEqual({ ok: true, message: event });
  });

  test('bytes that are not JSON, or not UTF-8, are told apart from JSON that is not a request', () => {
    expect(reasonOf('{')).toBe('not-json');
    const notUtf8 = decodeRequest(new Uint8Array([0x22, 0xff, 0x22]), requestSubject(request));
    expect(notUtf8).toMatchObject({ ok: false, reason: 'not-json' });
    for (const value of [null, 1, [], {}, { ...request, kind: 'nonsense' }, { ...request, changes: [] }]) {
      expect(reasonOf(value)).toBe('not-in-contract');
    }
  });

  test('a version of the future has its own reason', () => {
    expect(reasonOf({ ...request, v: 3 })).toBe('unknown-version');
    expect(reasonOf({ ...request, v: 0 })).toBe('unknown-version');
  });

  test('the detail names what is wrong', () => {
    const decoded = decodeRequest(bytes({ ...request, guildId: 'x' }), requestSubject(request));
    expect(decoded).toMatchObject({ ok: false, detail: expect.stringContaining('guildId') });
  });

  test('a body on the subject of another guild is not believed', () => {
    expect(reasonOf(request, 'popple.request.change-karma.9')).toBe('wrong-subject');
  });

  test.each([
    ['a delta of zero', { changes: [{ subject: 'a', display: 'a', delta: 0 }] }],
    ['a subject twice', { changes: [1, 2].map(() => ({ subject: 'a', display: 'a', delta: 1 })) }],
    ['a NUL, which Postgres refuses', { changes: [{ subject: 'a\0', display: 'a', delta: 1 }] }],
    ['half a surrogate pair', { changes: [{ subject: '\ud800', display: 'a', delta: 1 }] }],
    [
      '26 subjects',
      { changes: Array.from({ length: 26 }, (_, n) => ({ subject: `s${n}`, display: 'a', delta: 1 })) },
    ],
    ['an empty reason', { changes: [{ subject: 'a', display: 'a', delta: 1, reason: '' }] }],
    [
      'a reason of 201 characters',
      { changes: [{ subject: 'a', display: 'a', delta: 1, reason: 'x'.repeat(201) }] },
    ],
    ['a reason of two lines', { changes: [{ subject: 'a', display: 'a', delta: 1, reason: 'x\ny' }] }],
    ['a subject of 129 characters', { changes: [{ subject: 'a'.repeat(129), display: 'a', delta: 1 }] }],
  ])('%s is outside the contract', (_what, changes) => {
    expect(reasonOf({ ...request, ...changes })).toBe('not-in-contract');
  });
});

describe('a subject that is displayed as its key', () => {
  const equal: Request = {
    ...request,
    changes: [
      { subject: 'x'.repeat(128), display: 'x'.repeat(128), delta: 1 },
      { subject: 'alice', display: 'Alice', delta: 1 },
    ],
  };

  test('is sent once, and read as what it was', () => {
    const data = encode(equal);
    expect(data.length).toBeLessThan(JSON.stringify(equal).length - 128);
    expect(decodeRequest(data, requestSubject(equal))).toEqual({ ok: true, message: equal });
  });

  test('may be sent twice, as earlier releases do', () => {
    const data = new TextEncoder().encode(JSON.stringify(equal));
    expect(decodeRequest(data, requestSubject(equal))).toEqual({ ok: true, message: equal });
  });

  test('is half as long also where karma is asked for', () => {
    const asked: Request = {
      ...envelope,
      kind: 'check-karma',
      subjects: [{ subject: 'alice', display: 'alice' }],
    };
    const data = encode(asked);
    expect(new TextDecoder().decode(data)).not.toContain('display');
    expect(decodeRequest(data, requestSubject(asked))).toEqual({ ok: true, message: asked });
  });
});
