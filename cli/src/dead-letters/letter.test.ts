import { describe, expect, test } from 'bun:test';
import { snowflakeTimeMs } from '@popple/shared/contract/ids';
import { headers } from 'nats';
import { destinationOf } from './destination';
import { fullText } from './full-text';
import { type Letter, readLetter } from './letter';

const storedAt = new Date('2026-07-01T02:00:00Z');

function letterWith(about: Record<string, string>): Letter {
  const all = headers();
  for (const [name, value] of Object.entries(about)) all.set(name, value);
  return readLetter({ sequence: 7, subject: 'popple.dead.request.not-json.1-2', storedAt, headers: all });
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('a letter', () => {
  test('is read from its headers', () => {
    const read = letterWith({
      'Popple-Reason': 'not-json',
      'Popple-Detail': 'why',
      'Popple-Subject': 'popple.request.change-karma.100',
      'Popple-Stream': 'POPPLE_REQUESTS',
      'Popple-Sequence': '12',
      'Popple-Deliveries': '3',
      'Popple-At': '2026-07-01T01:00:00.000Z',
      'Popple-Id': '5',
    });
    expect(read).toEqual({
      number: 7,
      diedAt: new Date('2026-07-01T01:00:00Z'),
      origin: 'request',
      reason: 'not-json',
      detail: 'why',
      subject: 'popple.request.change-karma.100',
      stream: 'POPPLE_REQUESTS',
      sequence: 12,
      deliveries: 3,
      id: '5',
    });
  });

  test('without headers, or with strange ones, is still a letter', () => {
    expect(readLetter({ sequence: 7, subject: 'popple.dead.x', storedAt, headers: undefined })).toMatchObject(
      {
        diedAt: storedAt,
        origin: 'x',
        reason: '?',
        subject: undefined,
      },
    );
    expect(
      letterWith({ 'Popple-At': 'noon', 'Popple-Sequence': '-1', 'Popple-Deliveries': '1e3' }),
    ).toMatchObject({
      diedAt: storedAt,
      reason: 'not-json',
      sequence: undefined,
      deliveries: undefined,
    });
  });
});

describe('where it is redriven to', () => {
  const from = (subject: string, id?: string) =>
    letterWith({ 'Popple-Subject': subject, ...(id === undefined ? {} : { 'Popple-Id': id }) });

  test.each([
    ['popple.request.change-karma.100', undefined, '{"id":"123"}', '123'],
    ['popple.event.karma-changed.100', undefined, '{"id":"123"}', '123'],
    // The ledger knows it by the id inside.
    ['popple.request.change-karma.100', '9', '{"id":"123"}', '123'],
    ['popple.request.change-karma.100', '9', 'not json', '9'],
    ['popple.request.change-karma.100', '9', '{"id":123}', '9'],
    ['popple.request.odd', '9', '[]', '9'],
  ])('from %s with header id %p and payload %s: id %s', (subject, header, payload, id) => {
    const atMs = snowflakeTimeMs(id);
    expect(destinationOf(from(subject, header), bytes(payload))).toEqual({ subject, id, atMs });
  });

  test.each([
    ['the time that its payload says', '{"id":"123","at":7}', '123', 7],
    [
      'no time, when there is none and its id is no snowflake',
      '{"id":"reaction.1.2"}',
      'reaction.1.2',
      undefined,
    ],
    [
      'the time of its snowflake, when it says none',
      '{"id":"175928847299117063"}',
      '175928847299117063',
      1_462_015_105_796,
    ],
  ])('with %s', (_what, payload, id, atMs) => {
    const subject = 'popple.request.change-karma.100';
    expect(destinationOf(from(subject), bytes(payload))).toEqual({ subject, id, atMs });
  });

  test.each([
    [letterWith({ 'Popple-Id': '9' }), '{"id":"123"}', 'do not say where it came from'],
    [from('popple.dead.request.not-json', '9'), '{}', 'no subject of requests or events'],
    [from('popple.request.>', '9'), '{}', 'no subject of requests or events'],
    [from('popple.request.*.100', '9'), '{}', 'no subject of requests or events'],
    [from('popple.request.a b', '9'), '{}', 'no subject of requests or events'],
    [from('elsewhere', '9'), '{}', 'no subject of requests or events'],
    [from('popple.request.change-karma.100'), 'not json', 'neither its payload nor its headers'],
    [from('popple.request.change-karma.100'), '{"id":"ze ro"}', 'neither its payload nor its headers'],
    [from('popple.request.change-karma.100'), 'null', 'neither its payload nor its headers'],
  ])('%# is refused', (letter, payload, reason) => {
    expect(destinationOf(letter, bytes(payload))).toEqual({ refusal: expect.stringContaining(reason) });
  });
});

describe('in full', () => {
  const letter = letterWith({ 'Popple-Detail': 'why' });
  const about = headers();
  about.set('Popple-Detail', 'why');
  about.set('Nats-Expected-Last-Subject-Sequence', '0');

  test('JSON is laid out, and other text is shown as it is', () => {
    expect(fullText(letter, about, bytes('{"a":[1]}'))).toBe(
      `dead letter 7: request, not-json, ${storedAt.toISOString()}\nPopple-Detail: why\n\n{\n  "a": [\n    1\n  ]\n}\n`,
    );
    expect(fullText(letter, about, bytes('not json'))).toEndWith('\n\nnot json\n');
    expect(fullText(letter, undefined, new Uint8Array())).toEndWith('\n\n(no payload)\n');
  });

  test('nothing in it steers the terminal', () => {
    expect(fullText(letter, about, bytes('\u001b[2Jgone'))).toEndWith('\\u{1b}[2Jgone\n');
    expect(fullText(letter, about, bytes('{"a":"\u009b2J"}'))).toContain('\\u{9b}2J');
    expect(fullText(letter, about, new Uint8Array([0xff, 0x1b]))).toEndWith('\ufffd\\u{1b}\n');
  });
});
