/**
 * A message with `‹›` where the operator of a change ends: of each change the last operator, in the order of the message.
 * Take the marks out to get the message.
 */
export const endExamples: readonly string[] = [
  'alice++‹› for the build',
  'alice--‹›, bob+++‹›, carol----‹›!',
  'thanks (the whole team)++‹›, because',
  '(foo bar)  ++‹› as they say',
  '"foo bar"++‹› for it',
  '<@1>++‹› for it',
  '<@1>: ++‹› for it',
  '<@!1> --‹›',
  '<@1>—‹› too bad',
  '<@1> —‹›\nhm',
  '@alice ++‹› for it',
  '(@bob)++‹› for it',
  'alice＋＋‹› 谢谢',
  'C++++‹› for templates',
  '(C++)--‹› for templates',
  '🍕++‹› and e\u0301++‹› and \ud83d++',
  'a++, b++‹› a++‹›',
  'a++ b++‹› a--',
  '||a++‹›|| ||b++‹›||',

  // What is ignored keeps its place.
  '`a` b++‹›',
  '```js\nlet a;\n```\nb++‹› for it',
  '> a\n> b\nx++‹› for it',
  '~~a++~~ b++‹› for it',
  'https://example.org/a b++‹› see https://example.org/c',
  '(thank `x` you)++‹›',
  '(`a long one`b~~c~~)++‹›',
  '<@1> `x` ++‹› for it',
  'a++‹›`b`',
  '\\`a++ b++‹› `c` d++‹›',
  'a++‹›\n> b++',

  // Marks of emphasis are dropped, and what stands after them keeps its place.
  '**alice**++‹› for it',
  '**alice++‹›** for it',
  '*a* _b_ **x**++‹› __d__++‹›',
  '<@1> **++‹›**',
  '_**alice++‹›**_! bob++‹›',
  '`a` **b** ~~c~~ *d++‹›* `e` f++‹›',
  'snake_case++‹› _private++‹›',
];
