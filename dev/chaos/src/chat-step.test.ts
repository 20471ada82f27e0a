import { expect, test } from 'bun:test';
import { parseMessage } from '@popple/bot/chat/parse-message';
import { type ChatStep, type Effect, nextChatStep } from './chat-step';
import { SeededRandom } from './random';
import { FULL_SUBJECT, type Topology } from './topology';

const BOT = { id: '1000', names: ['Popple'] };
const topology: Topology = {
  botId: BOT.id,
  people: ['2000', '2001'],
  newcomers: ['2100', '2101'],
  robots: ['1000', '1001'],
  places: (['loud', 'quiet', 'moody', 'curious', 'limited'] as const).map((profile, index) => ({
    profile,
    guildId: `300${index}`,
    channelIds: [`400${index}`, `410${index}`],
    chatterId: `500${index}`,
  })),
};

/** What the bot makes of a line, said as the model says it. */
function readByBot({ content }: ChatStep): Effect {
  const intention = parseMessage(content, BOT);
  switch (intention.kind) {
    case 'change-karma': {
      const changes = intention.changes.map(({ subject, delta, reason }) => ({
        subject,
        delta,
        ...(reason === undefined ? {} : { reason }),
      }));
      return changes.some(({ subject }) => subject === FULL_SUBJECT)
        ? { kind: 'refused' }
        : { kind: 'change', changes };
    }
    case 'check-karma':
      return { kind: 'karma', subjects: intention.subjects.map(({ subject }) => subject) };
    case 'check-board':
      return { kind: 'board' };
    case 'change-announce':
      return { kind: 'announce', announce: intention.announce };
    case 'undo':
      return { kind: 'undo' };
    case 'nothing':
      return { kind: 'nothing' };
    default:
      throw new Error(`nobody meant ${content} to be ${intention.kind}`);
  }
}

test('the bot reads every line as the model has it, and every kind of line is said', () => {
  const random = new SeededRandom('11');
  const lines = Array.from({ length: 3_000 }, () => nextChatStep(random, topology));
  for (const line of lines) expect(readByBot(line)).toEqual(line.effect);
  const kinds = new Set(lines.map(({ effect }) => effect.kind));
  expect(kinds).toEqual(new Set(['change', 'refused', 'karma', 'board', 'announce', 'undo', 'nothing']));
});

test('in a loud guild every change is one point for one subject', () => {
  const random = new SeededRandom('12');
  const loud = Array.from({ length: 1_000 }, () => nextChatStep(random, topology)).filter(
    ({ guildId }) => guildId === '3000',
  );
  expect(loud.length).toBeGreaterThan(400);
  for (const { effect } of loud) {
    if (effect.kind === 'nothing') continue;
    expect(effect).toMatchObject({ kind: 'change', changes: [{ delta: 1 }] });
  }
});
