import { nextChatStep } from '../chat-step';
import type { BotMessage, BotReaction, DeadRecord, Evidence, KarmaRow, LedgerRow } from '../evidence';
import { Model } from '../model';
import { SeededRandom } from '../random';
import { FULL_SUBJECT, MOST_KARMA, type Topology } from '../topology';

export const topology: Topology = {
  botId: '1000',
  people: ['2000'],
  places: (['loud', 'quiet', 'moody', 'curious'] as const).map((profile, index) => ({
    profile,
    guildId: `300${index}`,
    channelIds: [`400${index}`],
    chatterId: `500${index}`,
  })),
};

/** So many messages that were said one after the other, and some poison. */
export function modelOf(lines: number): Model {
  const random = new SeededRandom('3');
  const model = new Model(topology.places);
  for (let index = 0; index < lines; index += 1)
    model.write({ id: String(50_000 + index), ...nextChatStep(random, topology) });
  model.inject({ id: 'poison-1', shape: 'wrong-subject' });
  return model;
}

/** What a Popple without fault leaves behind, handling everything in the order it was said. */
export function perfect(model: Model) {
  const karma = new Map<string, KarmaRow>();
  const ledger: LedgerRow[] = [];
  const messages: BotMessage[] = [];
  const reactions: BotReaction[] = [];
  const dead: DeadRecord[] = [{ id: 'poison-1', origin: 'request', reason: 'wrong-subject' }];
  const announcements = new Map<string, boolean>();
  for (const { guildId, profile } of topology.places) {
    if (profile === 'quiet') announcements.set(guildId, false);
    if (profile === 'curious')
      karma.set(`${guildId}/${FULL_SUBJECT}`, { guildId, subject: FULL_SUBJECT, karma: BigInt(MOST_KARMA) });
  }
  const reply = (id: string, channelId: string, content: string) =>
    messages.push({ id: `9${id}`, channelId, replyToId: id, content });
  for (const { id, guildId, channelId, effect } of model.said.values()) {
    if (effect.kind === 'change') {
      const totals = effect.changes.map(({ subject, delta }) => {
        const key = `${guildId}/${subject}`;
        const row = { guildId, subject, karma: (karma.get(key)?.karma ?? 0n) + BigInt(delta) };
        karma.set(key, row);
        return { display: subject, karma: String(row.karma) };
      });
      const announce = announcements.get(guildId) ?? true;
      ledger.push({ id, kind: 'change-karma', totals, announce });
      const text = totals.map(({ display, karma: total }) => `${display} has ${total} karma.`).join('\n');
      if (announce) reply(id, channelId, text);
    } else if (effect.kind === 'announce') {
      announcements.set(guildId, effect.announce);
      ledger.push({ id, kind: 'change-setting', totals: undefined, announce: effect.announce });
      reactions.push({ messageId: id, emoji: '✅' });
    } else if (effect.kind === 'karma') {
      reply(id, channelId, effect.subjects.map((subject) => `${subject} has 7 karma.`).join('\n'));
    } else if (effect.kind === 'board') {
      reply(id, channelId, '1. ada has 3 karma.');
    } else if (effect.kind === 'refused') {
      dead.push({ id, origin: 'request', reason: 'refused-by-postgres' });
    }
  }
  const ids = new Map([...model.said.keys()].map((id) => [id, 1]));
  const quiet = topology.places.find(({ profile }) => profile === 'quiet')?.guildId ?? '';
  announcements.delete(quiet);
  return {
    karma: [...karma.values()],
    ledger,
    journal: [],
    told: new Map(),
    messages,
    reactions,
    dead,
    announcements,
    requestsInStream: ids,
    eventsInStream: ids,
    requests: 1_000,
    globallyLimited: 0,
    botStarts: 2,
  } satisfies Evidence;
}
