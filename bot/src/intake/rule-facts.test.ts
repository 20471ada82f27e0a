import { describe, expect, test } from 'bun:test';
import type { ChangeKarma } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { silentLog } from '@popple/shared/observability/log';
import { ChannelType, DiscordAPIError, type REST } from 'discord.js';
import { ChannelParents } from './channel-parents';
import { type FactsWanted, RuleFacts } from './rule-facts';

const NOTHING: FactsWanted = {
  channelParents: false,
  giverRoles: false,
  joinedAt: false,
  receiverRoles: false,
};
const WRITTEN = Date.UTC(2026, 5, 1);
const JOINED = '2026-01-01T00:00:00.000Z';

const CHANGE: ChangeKarma = {
  ...messageEnvelope({ id: '1000', at: WRITTEN }),
  kind: 'change-karma',
  changes: [
    { subject: '<@5>', display: '<@5>', delta: 1, receiver: { isBot: true } },
    { subject: 'tea', display: 'tea', delta: 1 },
  ],
};
const { channelId, userId } = CHANGE.origin as { channelId: string; userId: string };

const gone = () =>
  new DiscordAPIError({ message: 'Unknown', code: 10_003 }, 10_003, 404, 'GET', '', {
    body: undefined,
    files: undefined,
  });

/** Facts where Discord responds with this by route, and rules look at that; `asked` is what Discord was asked. */
function open({
  responses = {},
  wanted = NOTHING,
  parents = new ChannelParents(),
  patienceMs = 60_000,
}: {
  responses?: Record<string, unknown>;
  wanted?: FactsWanted | 'unknown';
  parents?: ChannelParents;
  patienceMs?: number;
}) {
  const asked: string[] = [];
  const stop = new AbortController();
  const get = async (route: string) => {
    asked.push(route);
    const response = responses[route];
    if (response === undefined) throw gone();
    if (response === 'never') return await new Promise<never>(() => undefined);
    return response;
  };
  const rest = { get } as unknown as Pick<REST, 'get'>;
  const wantedIn = async () => (wanted === 'unknown' ? undefined : wanted);
  const facts = new RuleFacts({
    rest,
    log: silentLog(),
    signal: stop.signal,
    parents,
    wantedIn,
    patienceMs,
  });
  return { facts, asked, stop };
}

/** What Discord says of the channel, a thread in a channel in a category. */
const THREAD = {
  [`/channels/${channelId}`]: { id: channelId, type: ChannelType.PublicThread, parent_id: '2' },
  '/channels/2': { id: '2', type: ChannelType.GuildText, parent_id: '1' },
};
const GIVER = `/guilds/${CHANGE.guildId}/members/${userId}`;
const RECEIVER = `/guilds/${CHANGE.guildId}/members/5`;

describe('a message that has just been written', () => {
  test('is complete at once where Discord has told of its channel', () => {
    const parents = new ChannelParents();
    parents.came({ id: channelId, type: ChannelType.GuildText, parent_id: '1' });
    const { facts, asked } = open({ parents });
    expect(facts.complete(CHANGE, false)).toEqual({ ...CHANGE, channelParents: ['1'] });
    expect(asked).toEqual([]);
  });

  test('waits for what Discord says of its channel, which is asked once', async () => {
    const { facts, asked } = open({ responses: THREAD, wanted: { ...NOTHING, channelParents: true } });
    const both = await Promise.all([facts.complete(CHANGE, false), facts.complete(CHANGE, false)]);
    expect(both.map(({ channelParents }) => channelParents)).toEqual([
      ['2', '1'],
      ['2', '1'],
    ]);
    expect(facts.complete(CHANGE, false)).not.toBeInstanceOf(Promise);
    expect(asked).toEqual(Object.keys(THREAD));
  });

  test('waits for nothing where no rule looks at channels', async () => {
    const { facts, asked } = open({ responses: THREAD });
    expect(await facts.complete(CHANGE, false)).toEqual(CHANGE);
    expect(asked).toEqual([]);
  });

  test('goes on without what Discord refuses to say, which is not asked for again', async () => {
    const { facts, asked } = open({ wanted: { ...NOTHING, channelParents: true } });
    expect(await facts.complete(CHANGE, false)).toEqual(CHANGE);
    expect(await facts.complete(CHANGE, false)).toEqual(CHANGE);
    expect(asked).toHaveLength(1);
  });

  test('goes on with what is known when Discord takes too long', async () => {
    const { facts } = open({
      responses: { ...THREAD, '/channels/2': 'never' },
      wanted: { ...NOTHING, channelParents: true },
      patienceMs: 20,
    });
    expect(await facts.complete(CHANGE, false)).toEqual({ ...CHANGE, channelParents: ['2'] });
  });

  test('is asked about where svc does not say what rules look at', async () => {
    const { facts } = open({ responses: THREAD, wanted: 'unknown' });
    expect((await facts.complete(CHANGE, false)).channelParents).toEqual(['2', '1']);
  });
});

describe('a message that was read back', () => {
  const parents = new ChannelParents();
  parents.came({ id: channelId, type: ChannelType.GuildText });
  const member = { roles: ['11', '12'], joined_at: JOINED };
  const responses = { [GIVER]: member, [RECEIVER]: { ...member, roles: ['13'] } };

  test.each(['giverRoles', 'joinedAt'] as const)('has who wrote it, where rules look at %s', async (fact) => {
    const { facts, asked } = open({ responses, parents, wanted: { ...NOTHING, [fact]: true } });
    const giver = { roles: ['11', '12'], joinedAt: Date.parse(JOINED) };
    expect(await facts.complete(CHANGE, true)).toEqual({ ...CHANGE, giver });
    await facts.complete({ ...CHANGE, id: '1001' }, true);
    expect(asked).toEqual([GIVER]);
  });

  test('has the roles of whom it is for, where rules look at them', async () => {
    const { facts, asked } = open({ responses, parents, wanted: { ...NOTHING, receiverRoles: true } });
    const [first, second] = CHANGE.changes;
    expect(await facts.complete(CHANGE, true)).toEqual({
      ...CHANGE,
      changes: [{ ...first, receiver: { isBot: true, roles: ['13'] } }, second],
    } as ChangeKarma);
    expect(asked).toEqual([RECEIVER]);
  });

  test('asks nobody where no rule looks at members', async () => {
    const { facts, asked } = open({ responses, parents });
    expect(await facts.complete(CHANGE, true)).toEqual(CHANGE);
    expect(asked).toEqual([]);
  });

  test('does not know since when somebody is a member who joined again after it', async () => {
    const again = { ...member, joined_at: '2026-06-02T00:00:00.000Z' };
    const { facts } = open({
      responses: { [GIVER]: again },
      parents,
      wanted: { ...NOTHING, joinedAt: true },
    });
    expect(await facts.complete(CHANGE, true)).toEqual({ ...CHANGE, giver: { roles: ['11', '12'] } });
  });

  test('does not know who has left', async () => {
    const { facts } = open({ parents, wanted: { ...NOTHING, joinedAt: true } });
    expect(await facts.complete(CHANGE, true)).toEqual(CHANGE);
  });
});

test('what waits when the process stops is not published', async () => {
  const { facts, stop } = open({ responses: { [GIVER]: 'never' }, wanted: { ...NOTHING, giverRoles: true } });
  stop.abort(new Error('stopping'));
  await expect(facts.complete(CHANGE, true)).rejects.toThrow('stopping');
});
