import { expect, test } from 'bun:test';
import type { Event } from '@popple/shared/contract/event';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { render } from '../replies/render';

type WithoutEnvelope<E> = E extends Event ? Omit<E, 'v' | 'id' | 'at' | 'guildId' | 'origin'> : never;

const total = { display: 'C_3', karma: '-7' };

test.each([
  [{ kind: 'adjusted', amount: -9, total }, 'C\\_3 has -7 karma.'],
  [{ kind: 'blocked', memberId: '300' }, 'Nothing that <@300> gives or receives counts from now on.'],
  [{ kind: 'unblocked', memberId: '300' }, 'What <@300> gives and receives counts again.'],
  [
    { kind: 'merged', from: '@everyone', moved: '5', total },
    'The 5 karma of \\@everyone went along. C\\_3 has -7 karma.',
  ],
  [{ kind: 'merged', from: 'x', total }, 'Nobody has changed x. Nothing was done.'],
  [
    { kind: 'request-undone', undoes: '1', totals: [total], wasUndone: false },
    'Undone.\nC\\_3 has -7 karma.',
  ],
  [{ kind: 'request-undone', undoes: '1', totals: [], wasUndone: true }, 'That is undone already.'],
  [
    { kind: 'request-undone', undoes: '1', totals: [], wasUndone: false },
    'No member changed anything by that. Nothing was done.',
  ],
  [{ kind: 'all-undone', memberId: '300', requests: 3, hasMore: false }, '3 changes of <@300> are undone.'],
  [
    { kind: 'all-undone', memberId: '300', requests: 1_000, hasMore: true },
    '1000 changes of <@300> are undone. There are more: do it again.',
  ],
  [{ kind: 'removed', display: '*x*', karma: '5' }, '\\*x\\* is gone, with 5 karma.'],
  [{ kind: 'removed', display: '*x*' }, 'Nobody has changed \\*x\\*. Nothing was done.'],
] as [WithoutEnvelope<Event>, string][])('the reply to %j', (event, text) => {
  expect(render({ ...messageEnvelope(), ...event } as Event)).toMatchObject({
    kind: 'reply',
    contents: [text],
  });
});
