import { expect, test } from 'bun:test';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { render } from '../replies/render';

const totals = [
  { display: 'alice', karma: '3' },
  { display: 'the build', karma: '-1' },
];

test.each([
  ['what was taken back', { totals, undoes: '1' }, 'Undone.\nalice has 3 karma.\nthe build has -1 karma.'],
  [
    'what is undone already',
    { totals: [], undoes: '1' },
    'That is undone already, so there is nothing to undo.',
  ],
  ['nothing', { totals: [] }, 'You changed nothing here lately, so there is nothing to undo.'],
])('an undo of %s says so', (_, undone, text) => {
  const outgoing = render({ ...messageEnvelope(), kind: 'undone', ...undone });
  expect(outgoing).toMatchObject({ kind: 'reply', contents: [text] });
});
