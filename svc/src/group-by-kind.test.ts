import { describe, expect, test } from 'bun:test';
import type { Request } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import fc from 'fast-check';
import { groupByKind } from './divide-batch';

function request(guildId: string, kind: 'change-karma' | 'check-karma' | 'change-setting'): Request {
  const envelope = messageEnvelope({ guildId });
  const subject = { subject: 'alice', display: 'alice' };
  if (kind === 'change-karma') return { ...envelope, kind, changes: [{ ...subject, delta: 1 }] };
  if (kind === 'check-karma') return { ...envelope, kind, subjects: [subject] };
  return { ...envelope, kind, key: 'announce', value: false };
}

function kinds(batch: Request[]): string[] {
  return groupByKind(batch).map((group) => `${group.kind} ${group.requests.length}`);
}

describe('groupByKind', () => {
  test('one kind is one group', () => {
    expect(kinds([request('1', 'change-karma'), request('1', 'change-karma')])).toEqual(['change-karma 2']);
  });

  test('a question after a change of the same guild comes in a later group', () => {
    expect(
      kinds([request('1', 'change-karma'), request('1', 'check-karma'), request('1', 'change-karma')]),
    ).toEqual(['change-karma 1', 'check-karma 1', 'change-karma 1']);
  });

  test('other guilds do not add groups', () => {
    const batch = [
      request('1', 'change-karma'),
      request('1', 'check-karma'),
      request('2', 'change-karma'),
      request('2', 'check-karma'),
    ];
    expect(kinds(batch)).toEqual(['change-karma 2', 'check-karma 2']);
  });

  test('every request comes once, and each guild keeps its order', () => {
    const anyRequest = fc
      .tuple(fc.constantFrom('1', '2', '3'), fc.constantFrom('change-karma', 'check-karma', 'change-setting'))
      .map(([guildId, kind]) => request(guildId, kind as 'change-karma'));
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 60 }), (batch) => {
        const done = groupByKind(batch).flatMap((group) => group.requests);
        expect(done.length).toBe(batch.length);
        for (const guildId of ['1', '2', '3']) {
          const ofGuild = (requests: Request[]) => requests.filter((entry) => entry.guildId === guildId);
          expect(ofGuild(done)).toEqual(ofGuild(batch));
        }
      }),
    );
  });
});
