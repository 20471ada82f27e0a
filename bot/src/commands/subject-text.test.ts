import { describe, expect, test } from 'bun:test';
import { parseMarkdown } from '@popple/local-discord/page/markdown/parse';
import { plainText } from '@popple/local-discord/page/markdown/plain-text';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import fc from 'fast-check';
import { dropUnseen, foldWhiteSpace, textSubject } from '../chat/subjects/subject';
import { render } from '../replies/render';
import { escapeSubject } from './subject-text';

test.each([
  ['alice', 'alice'],
  ['C++', 'C++'],
  ['node.js', 'node.js'],
  ['3.14', '3.14'],
  ['and/or', 'and/or'],
  ['-5', '-5'],
  ['snake_case', 'snake\\_case'],
  ['*bold*', '\\*bold\\*'],
  ['a|b', 'a|b'],
  ['||spoiler||', '\\|\\|spoiler\\|\\|'],
  ['~~gone~~', '\\~\\~gone\\~\\~'],
  ['`code`', '\\`code\\`'],
  ['# heading', '\\# heading'],
  ['- item', '\\- item'],
  ['-# small', '\\-# small'],
  ['1. first', '1\\. first'],
  ['> quote', '\\> quote'],
  ['<#123>', '\\<#123\\>'],
  ['<t:0:R>', '\\<t:0:R\\>'],
  ['hi <@123>', 'hi \\<@123\\>'],
  ['<@123>', '<@123>'],
  ['🍕', '🍕'],
  ['@everyone!', '\\@everyone!'],
  ['see @here', 'see \\@here'],
  ['https://evil.example', 'https\\://evil.example'],
  ['https:/\u200b/evil.example', 'https\\://evil.example'],
  ['https:/\u2060/evil.example/a_b_c', 'https\\://evil\\.example/a\\_b\\_c'],
  ['discord.gg/abc', 'discord\\.gg/abc'],
  ['DISCORD.com/invite/abc', 'DISCORD\\.com/invite/abc'],
  ['ptb.discord.com/x', 'ptb\\.discord\\.com/x'],
  ['www.evil.example', 'www\\.evil.example'],
  ['[here](https://example.org)', '\\[here\\](https\\://example.org)'],
])('%s is written %s', (display, expected) => {
  expect(escapeSubject(display)).toBe(expected);
});

/** What Discord's clients and its crawler make links and invitations of, wherever it stands. */
const LINK = /[a-z][a-z0-9+.-]*:\/\/|www\.|discord(?:app)?\.(?:gg|com|gift|new)\//i;

const fragment = fc.constantFrom(
  ...['https:/', '/', '//', 'evil.example', 'discord.gg', '/abc', 'www.', '\u200b', '\u2060', '\u00ad', ' '],
  ...['-# ', '# ', '- ', '* ', '> ', '>>> ', '1. ', '<', '>', '<@1>', '<#1>', '<@&1>', '<t:0:R>', '<:a:1>'],
  ...['@everyone', '@here', '*', '**', '_', '__', '~~', '~', '||', '|', '`', '```', '[', ']', '(', ')', '\\'],
  ...['a', 'b1', 'http://x', 'steam://run', '🏴\u200d☠️', '\n', '#', '-', '1', '.', ':', 'é'],
);
const subjectText = fc.array(fc.oneof(fragment, fc.string({ unit: 'grapheme', maxLength: 3 })), {
  minLength: 1,
  maxLength: 16,
});

describe('nothing that a subject is can act', () => {
  test.each(['a sentence', 'a board'])('in %s, and it reads as it was written', (where) => {
    const names = { user: () => undefined, channel: () => undefined };
    fc.assert(
      fc.property(subjectText, (parts) => {
        const subject = textSubject(parts.join(''));
        if (subject === undefined || /^<@\d+>$/.test(subject.display)) return;
        const { display } = subject;
        const totals = [{ display, karma: '1' }];
        const envelope = messageEnvelope();
        const outgoing =
          where === 'a board'
            ? render({ ...envelope, kind: 'board-checked', end: 'top', entries: totals })
            : render({ ...envelope, kind: 'karma-checked', totals });
        const content = outgoing?.kind === 'reply' ? (outgoing.contents[0] ?? '') : '';
        const blocks = parseMarkdown(content);
        expect(blocks.map(({ type }) => type)).toEqual([where === 'a board' ? 'item' : 'paragraph']);
        const [block] = blocks;
        if (block === undefined || block.type === 'quote') throw new Error('it is a quote');
        expect(block.children.map(({ type }) => type)).toEqual(['text']);
        expect(content).not.toMatch(LINK);
        const shown = foldWhiteSpace(dropUnseen(display));
        expect(plainText(blocks, names)).toBe(
          `${where === 'a board' ? '1. ' : ''}${shown} has 1 karma.`.replace(/\s+/g, ' ').trim(),
        );
      }),
      { numRuns: 3_000 },
    );
  });
});
