/**
 * What people write in a chat about software and cats. One line in eleven has a sign that may be an operator, and one in
 * twenty changes karma: more than in most servers, since the others are recognised without being read.
 */
export const TYPICAL: readonly string[] = [
  'lol',
  'yeah',
  'good morning everyone',
  'has anyone seen the release notes for the new version?',
  'I think we should go with the second option, it is easier to explain',
  'brb coffee',
  'thanks alice++',
  'The tests pass on my machine but not in CI, something about time zones again',
  'https://github.com/example/project/pull/1234',
  'see https://example.org/docs/getting-started#install for the long version',
  'can you send me the link again',
  '👍',
  '😂😂😂',
  '<@123456789012345678> could you have a look when you have a minute?',
  '<:blobcat:123456789012345678> <:blobcat:123456789012345678>',
  'it works if you add `--no-cache`',
  '`git rebase -i HEAD~3` and then pick what you want',
  '```ts\nconst count = items.length;\nfor (let i = 0; i < count; i++) {\n  total += items[i];\n}\n```',
  '> did you restart it?\nof course I did, twice',
  'no idea, sorry',
  'ok',
  "that's what I meant",
  'I wrote it in C++ first and then again in Rust, and the second one was shorter',
  'does the meeting start at 3 or at 4? I never remember',
  'the build is green again, finally',
  'well done <@123456789012345678>++ and (the whole team)++',
  'wait what',
  'hahaha',
  'no way',
  'I will be a bit late today, the train is not going',
  'who broke staging?',
  'not me this time',
  '**important**: do not deploy before noon',
  '~~tomorrow~~ today',
  'so the idea is that each worker takes what is waiting, applies it in one statement, and only then says that it is done; ' +
    'if it dies in between, somebody else does it again and the second time changes nothing',
  'sounds good to me',
  '+1',
  '100%',
  'pizza++ for lunch?',
  'we moved last year’s figures to the archive',
  'ping',
  'anyone up for a round later?',
  'my cat walked over the keyboard: jkl;;;;;;;;;',
  '@everyone the server restarts in five minutes',
  '||the butler did it||',
  'where do I find the logs?',
  'in the usual place',
  'it was DNS',
  'it is always DNS',
  'mondays--',
  'that is a very long story and I do not think that anybody wants to read all of it here, but in short: no',
  'Ich bin gleich wieder da',
  'ça marche très bien, merci beaucoup',
  '明日の会議は何時からですか？',
  'спасибо большое',
  'ok thanks',
  'np',
  'did you try turning it off and on again',
  'my connection is terrible today',
  'so… nobody reviewed it?',
  'I did, I just forgot to press the button',
  'classic',
  'next time we should write that down somewhere',
  'like in a wiki? 😄',
  'what does this error mean: "expected 3 arguments, got 2"',
  'it wants one more argument',
  'very funny',
  'can somebody add me to the design channel please',
  'done',
  'thank you!!',
  'I like the second screenshot more, the first one has too little contrast',
  '<@123456789012345678> happy birthday 🎉🎂',
  'same procedure as every year',
  'what time is it in Lisbon now',
  'an hour earlier than here',
  'reading the thread above: I agree with both of you, and I think that the difference is smaller than it looks',
  'let me check and come back to you',
  'the docs say 30 seconds, the code says 10',
  'then the docs are wrong',
  'or the code is',
  'see you tomorrow 👋',
];

/** Lines that change karma, each of which is read in full. */
export const KARMA: readonly string[] = [
  'thanks alice++',
  'pizza++ for lunch?',
  'mondays--',
  'well done <@123456789012345678>++ and (the whole team)++',
  'foo++, bar-- (a plane)++',
  'Nice catch, Popple++!',
  '“spaces in the name”++ and 🍕++',
];

/** Text of a length that makes a careless parser look at everything again and again. */
export interface Hard {
  label: string;
  make(length: number): string;
}

function repeated(unit: string): Hard['make'] {
  return (length) => unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

function around(open: string, core: string, close: string): Hard['make'] {
  return (length) => {
    const depth = Math.floor((length - core.length) / (open.length + close.length));
    return open.repeat(depth) + core + close.repeat(depth);
  };
}

export const HARD: readonly Hard[] = [
  { label: 'only +', make: repeated('+') },
  { label: 'only -', make: repeated('-') },
  { label: 'open parentheses', make: (length) => `${repeated('(')(length - 3)}a++` },
  { label: 'nested groups', make: around('(', 'a', ')++') },
  { label: 'groups side by side', make: repeated('(a)++') },
  { label: 'open quotes', make: (length) => `${repeated('“')(length - 3)}a++` },
  { label: 'open backticks of all lengths', make: (length) => `${backticks(length - 3)}a++` },
  { label: 'open mentions', make: (length) => `${repeated('<@')(length - 3)}a++` },
  { label: 'open emphasis', make: (length) => `${repeated('**_~~|| ')(length - 3)}a++` },
  { label: 'beginnings of links', make: (length) => `${repeated('http://')(length - 4)} a++` },
  { label: 'many subjects', make: repeated('ab++ ') },
  { label: 'accents without end', make: (length) => `a${repeated('\u0301')(length - 3)}++` },
  { label: 'quoted lines', make: repeated('> a++\n') },
  { label: 'white space', make: (length) => `a${repeated(' ')(length - 3)}++` },
];

/** Runs of one, two, three … backticks, of which none has its like. */
function backticks(length: number): string {
  let text = '';
  for (let run = 1; text.length + run + 1 <= length; run += 1) text += `${'`'.repeat(run)} `;
  return text.padEnd(length, 'x');
}
