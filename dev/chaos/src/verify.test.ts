import { describe, expect, test } from 'bun:test';
import type { BotMessage, Evidence, Finding } from './evidence';
import { modelOf, perfect, topology } from './testing/perfect';
import { verify } from './verify';

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

  test('is not when what was published once is not what the ledger has', () => {
    const [{ id, announce, totals } = { id: '' }] = all.ledger.filter(({ kind }) => kind === 'change-karma');
    const told = { kind: 'karma-changed', announce, totals };
    expect(verify(model, { ...all, told: new Map([[id, [told]]]) })).toEqual([]);
    const other = { ...told, totals: [{ display: 'tea', karma: '1' }] };
    expect(kindsFound({ ...all, told: new Map([[id, [told, other]]]) })).toEqual(['told']);
  });

  test('is not when a choice was not confirmed, not kept, or confirmed where nobody chose', () => {
    expect(kindsFound({ ...all, reactions: all.reactions.slice(1) })).toEqual(['reaction']);
    const twice = [...all.reactions, { messageId: firstChange('loud').id, emoji: '✅' }];
    expect(kindsFound({ ...all, reactions: twice })).toEqual(['reaction']);
    const announcements = new Map([...all.announcements].map(([guildId, on]) => [guildId, !on]));
    expect(kindsFound({ ...all, announcements })).toEqual(['announcement']);
  });

  test('is not when poison was not dead-lettered, dead-lettered twice, or good messages were', () => {
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
