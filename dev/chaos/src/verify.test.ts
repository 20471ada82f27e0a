import { describe, expect, test } from 'bun:test';
import { nextChatStep } from './chat-step';
import type { BotMessage, BotReaction, DeadRecord, Evidence, Finding, KarmaRow, LedgerRow } from './evidence';
import { Model } from './model';
import { SeededRandom } from './random';
import { FULL_SUBJECT, MOST_KARMA, type Topology } from './topology';
import { verify } from './verify';

const topology: Topology = {
  botId: '1000',
  people: ['2000'],
  places: (['loud', 'quiet', 'moody', 'curious'] as const).map((profile, index) => ({
    profile,
    guildId: `300${index}`,
    channelIds: [`400${index}`],
    chatterId: `500${index}`,
  })),
};

function modelOf(lines: number): Model {
  const random = new SeededRandom('3');
  const model = new Model(topology.places);
  for (let index = 0; index < lines; index += 1)
    model.write({ id: String(50_000 + index), ...nextChatStep(random, topology) });
  model.inject({ id: 'poison-1', shape: 'wrong-subject' });
  return model;
}

/** What a Popple without fault leaves behind, handling everything in the order it was said. */
function perfect(model: Model) {
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

const model = modelOf(600);
const all = perfect(model);
const kindsIn = (findings: readonly Finding[]) => [...new Set(findings.map(({ kind }) => kind))].sort();
const kindsFound = (evidence: Evidence) => kindsIn(verify(model, evidence));

/** The first message of a guild of this profile that changes karma. */
function firstChange(profile: 'loud' | 'quiet' | 'moody') {
  const guildId = topology.places.find((place) => place.profile === profile)?.guildId;
  const said = [...model.said.values()].find(
    (entry) => entry.guildId === guildId && entry.effect.kind === 'change',
  );
  if (said === undefined) throw new Error(`no change in a ${profile} guild`);
  return said;
}
const replyTo = (id: string) => all.messages.findIndex(({ replyToId }) => replyToId === id);

describe('what a run left behind', () => {
  test('is exact when it is', () => {
    expect(verify(model, all)).toEqual([]);
  });

  test('is not when a total is one too high, too low, or of a subject nobody named', () => {
    for (const [index, row] of all.karma.entries()) {
      const more = { ...all, karma: all.karma.with(index, { ...row, karma: row.karma + 1n }) };
      expect(kindsFound(more)).toEqual(['total']);
    }
    const stranger = { guildId: '3000', subject: 'nobody', karma: 0n };
    expect(kindsFound({ ...all, karma: [...all.karma, stranger] })).toEqual(['total']);
    expect(kindsFound({ ...all, karma: all.karma.slice(1) })).toEqual(['total']);
  });

  test('is not when a message got two replies', () => {
    const { id } = firstChange('loud');
    const again = all.messages[replyTo(id)];
    if (again === undefined) throw new Error('a loud message has no reply');
    const findings = verify(model, { ...all, messages: [...all.messages, { ...again, id: '1' }] });
    expect(findings).toMatchObject([{ kind: 'reply-twice', ids: [id] }]);
  });

  test('is not when a message got no reply, and its total is missing in the sequence', () => {
    const { id } = firstChange('loud');
    const messages = all.messages.toSpliced(replyTo(id), 1);
    expect(kindsFound({ ...all, messages })).toEqual(['reply-missing']);
    const ledger = all.ledger.filter((row) => row.id !== id);
    expect(kindsFound({ ...all, messages, ledger })).toEqual(['ledger', 'reply-missing', 'running-totals']);
  });

  test('is not when a reply tells another total, another subject, or in another place', () => {
    const index = replyTo(firstChange('loud').id);
    const reply = all.messages[index];
    if (reply === undefined) throw new Error('a loud message has no reply');
    const changed = (change: Partial<BotMessage>) =>
      kindsFound({ ...all, messages: all.messages.with(index, { ...reply, ...change }) });
    expect(changed({ content: reply.content.replace(/\d+/, '77') })).toEqual([
      'reply-wrong',
      'running-totals',
    ]);
    expect(changed({ content: 'zoe has 1 karma.' })).toContain('reply-wrong');
    expect(changed({ content: 'Something went wrong.' })).toContain('reply-wrong');
    expect(changed({ channelId: '4001' })).toEqual(['reply-wrong']);
  });

  test('is not when a guild that wanted silence was answered, or nobody was', () => {
    const { id, channelId } = firstChange('quiet');
    const quietModel = {
      ...all,
      messages: [...all.messages, { id: '1', channelId, replyToId: id, content: '…' }],
    };
    expect(kindsFound(quietModel)).toContain('reply-unasked');
    const stray = { id: '1', channelId, replyToId: null, content: 'hello' };
    expect(kindsFound({ ...all, messages: [...all.messages, stray] })).toEqual(['reply-unasked']);
  });

  test('follows the ledger in a guild that keeps changing its mind', () => {
    const row = all.ledger.find(({ id, totals }) => {
      const said = model.said.get(id);
      return totals !== undefined && said !== undefined && model.place(said.guildId).profile === 'moody';
    });
    if (row === undefined) throw new Error('nothing changed in the moody guild');
    const ledger = all.ledger.with(all.ledger.indexOf(row), { ...row, announce: !row.announce });
    expect(kindsFound({ ...all, ledger })).toEqual([row.announce ? 'reply-unasked' : 'reply-missing']);
  });

  test('is not when a choice was not confirmed, not kept, or confirmed where nobody chose', () => {
    expect(kindsFound({ ...all, reactions: all.reactions.slice(1) })).toEqual(['reaction']);
    const twice = [...all.reactions, { messageId: firstChange('loud').id, emoji: '✅' }];
    expect(kindsFound({ ...all, reactions: twice })).toEqual(['reaction']);
    const announcements = new Map([...all.announcements].map(([guildId, on]) => [guildId, !on]));
    expect(kindsFound({ ...all, announcements })).toEqual(['announcement']);
  });

  test('is not when poison was not put aside, put aside twice, or good messages were', () => {
    expect(kindsFound({ ...all, dead: all.dead.slice(1) })).toEqual(['dead-missing']);
    expect(kindsFound({ ...all, dead: [...all.dead, ...all.dead.slice(0, 1)] })).toEqual(['dead-twice']);
    const good = { id: firstChange('loud').id, origin: 'request', reason: 'refused-by-postgres' };
    expect(kindsFound({ ...all, dead: [...all.dead, good] })).toEqual(['dead-unasked']);
    const relabelled = all.dead.map((letter) => ({ ...letter, reason: 'not-json' }));
    expect(kindsFound({ ...all, dead: relabelled })).toEqual(['dead-unasked']);
  });

  test('is not when a message never reached the stream, or the ledger misses or has one too many', () => {
    const requestsInStream = new Map(all.requestsInStream);
    requestsInStream.delete(firstChange('loud').id);
    expect(kindsFound({ ...all, requestsInStream })).toEqual(['never-published']);
    const { id } = firstChange('quiet');
    expect(kindsFound({ ...all, ledger: all.ledger.filter((row) => row.id !== id) })).toEqual([
      'ledger',
      'running-totals',
    ]);
    const [row] = all.ledger;
    if (row === undefined) throw new Error('the ledger is empty');
    expect(kindsFound({ ...all, ledger: [...all.ledger, { ...row, id: '1' }] })).toEqual(['ledger']);
  });

  test('is not when bots went past the limit of the token, as those do that take all of it for their own', () => {
    expect(kindsFound({ ...all, globallyLimited: 60, botStarts: 2 })).toEqual([]);
    expect(kindsFound({ ...all, globallyLimited: 400, botStarts: 2 })).toEqual(['rate-limit']);
  });

  test('asks for no dead letter that went with a volume, and allows one more for what came back', () => {
    const lossy = modelOf(400);
    const left = perfect(lossy);
    lossy.loseVolume();
    const poison = left.dead.filter(({ id }) => id.startsWith('poison'));
    const refused = left.dead.filter(({ id }) => !id.startsWith('poison'));
    expect(refused.length).toBeGreaterThan(0);
    expect(verify(lossy, { ...left, dead: refused })).toEqual([]);
    expect(verify(lossy, { ...left, dead: [...poison, ...refused, ...refused] })).toEqual([]);
    expect(kindsIn(verify(lossy, { ...left, dead: [...poison, ...poison] }))).toContain('dead-twice');
    expect(kindsIn(verify(lossy, { ...left, dead: poison }))).toEqual(['dead-missing']);
  });
});
