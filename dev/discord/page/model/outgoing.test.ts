import { expect, test } from 'bun:test';
import { outgoing } from './outgoing';

const people = [
  { id: '1', username: 'alice', displayName: 'Alice' },
  { id: '2', username: 'grace_h', displayName: 'Grace Hopper' },
  { id: '3', username: 'grace', displayName: 'Grace' },
  { id: '4', username: 'bruno.b', displayName: 'C++' },
  { id: '5', username: 'zoe', displayName: 'Zoë' },
  { id: '6', username: 'everyone', displayName: 'here' },
  { id: '7', username: 'max', displayName: 'Alice B' },
];

test.each([
  ['@alice++', '<@1>++'],
  ['@ALICE ++ and @Zoë', '<@1> ++ and <@5>'],
  ['thanks (@alice)', 'thanks (<@1>)'],
  ['@Grace Hopper++', '<@2>++'],
  ['@grace hopper and @Grace Hop', '<@2> and <@3> Hop'],
  ['@grace_h', '<@2>'],
  ['@alice b++', '<@7>++'],
  ['@C++', '<@4>'],
  ['@alices @alic @', '@alices @alic @'],
  ['mail alice@alice and bob@grace', 'mail alice@alice and bob@grace'],
  ['@everyone @here', '@everyone @here'],
  ['\\@alice', '\\@alice'],
  ['`@alice` ``a`@alice`` @alice', '`@alice` ``a`@alice`` <@1>'],
  ['```\n@alice :tada:\n``` @alice', '```\n@alice :tada:\n``` <@1>'],
  ['`@alice', '`<@1>'],
  ['<@1> @alice <#2> <:alice:123>', '<@1> <@1> <#2> <:alice:123>'],
  ['https://example.org/@alice/:tada: @alice', 'https://example.org/@alice/:tada: <@1>'],
  [':tada: :TADA:!', '🎉 🎉!'],
  ['10:30:20 std::tada:: :nonsense_name: :tada', '10:30:20 std::tada:: :nonsense_name: :tada'],
  ['`:tada:`', '`:tada:`'],
  ['nothing to see', 'nothing to see'],
])('%j is sent as %j', (typed, sent) => {
  expect(outgoing(typed, people)).toBe(sent);
});

test('the work grows with the text, not faster', () => {
  const hard = '@alic:`<h\\'.repeat(20_000);
  expect(outgoing(hard, people)).toBe(hard);
});
