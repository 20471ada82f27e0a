import { afterEach, beforeEach, expect, test } from 'bun:test';
import type { Event } from '@popple/shared/contract/event';
import type { ModerationKind, Request } from '@popple/shared/contract/request';
import { messageEnvelope } from '@popple/shared/contract/testing/envelope';
import { eventSubject, requestSubject } from '@popple/shared/messaging/subjects';
import { STREAMS } from '@popple/shared/messaging/topology';
import { crashAt } from '@popple/shared/process/crash-point';
import { change, GUILD } from '@popple/svc/testing/requests';
import { openRig, type Rig } from '../testing/rig';

/* What moderators ask for, through NATS and workers that die, and among changes of other workers. */

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const MODERATOR = '9';
const BLOCKED = '300';
const subject = (name: string) => ({ subject: name, display: name });
const envelope = () => messageEnvelope({ guildId: GUILD, userId: MODERATOR });

/** Reads every event of the stream. */
async function events(): Promise<Event[]> {
  const consumer = await rig.client.consumers.get(STREAMS.events);
  const read: Event[] = [];
  const count = await rig.messages('events');
  const messages = await consumer.consume();
  for await (const message of messages) {
    read.push(message.json<Event>());
    if (read.length === count) break;
  }
  return read;
}

/** One of each kind in turn, with the totals after it. */
const EACH = (): [Request & { kind: ModerationKind }, Record<string, string>][] => [
  [
    { ...envelope(), kind: 'adjust', subject: subject('alice'), amount: 10, reason: 'y' },
    { alcie: '3', alice: '15', rude: '2' },
  ],
  [
    { ...envelope(), kind: 'merge', from: subject('alcie'), into: subject('alice') },
    { alice: '18', rude: '2' },
  ],
  [{ ...envelope(), kind: 'remove', subject: subject('rude') }, { alice: '18' }],
  [{ ...envelope(), kind: 'block', memberId: BLOCKED }, { alice: '18' }],
  [{ ...envelope(), kind: 'unblock', memberId: BLOCKED }, { alice: '18' }],
];

test('each kind is applied and logged once, although its worker dies after the commit and it is delivered again', async () => {
  await using first = await rig.startSvc();
  await rig.publish([change('alcie', 3), change('alice', 5), change('rude', 2)]);
  await rig.drained();
  await first.stop();
  for (const [request, totals] of EACH()) {
    const killed = await rig.startSvc({ POPPLE_CRASH_AT: crashAt('svc:after-commit', 1) });
    await rig.publish([request]);
    expect(await killed.exited).toMatchObject({ signal: 'SIGKILL' });
    expect(await rig.totals()).toEqual(totals);
    const next = await rig.startSvc();
    // And once more, as if the stream had forgotten its id.
    await rig.client.publish(requestSubject(request), JSON.stringify(request));
    await rig.drained();
    await next.stop();
    expect(await rig.totals()).toEqual(totals);
    const rows = await rig.sql`SELECT kind, user_id FROM audit WHERE request_id = ${request.id}`;
    expect([...rows]).toEqual([{ kind: request.kind, user_id: MODERATOR }]);
    expect((await events()).filter(({ id }) => id === request.id)).toHaveLength(1);
  }
}, 180_000);

test('merges lose nothing of what two workers add meanwhile', async () => {
  await Promise.all([rig.startSvc(), rig.startSvc()]);
  const names = ['a', 'b', 'c', 'd'];
  let given = 0;
  for (let round = 0; round < 30; round += 1) {
    const changes = Array.from({ length: 40 }, (_, n) => change(names[n % 4] ?? '', 1 + (n % 3)));
    given += changes.reduce((sum, { changes: [one] }) => sum + (one?.delta ?? 0), 0);
    const merge: Request = {
      ...envelope(),
      kind: 'merge',
      from: subject(names[round % 4] ?? ''),
      into: subject(names[(round + 1 + (round % 3)) % 4] ?? ''),
    };
    await rig.publish([...changes.slice(20), merge, ...changes.slice(0, 20)]);
  }
  await rig.drained();
  const sum = Object.values(await rig.totals()).reduce((total, karma) => total + Number(karma), 0);
  expect(sum).toBe(given);
  const [{ count } = { count: '0' }] = await rig.sql`SELECT count(*) FROM audit WHERE kind = 'merge'`;
  expect(count).toBe('30');
  expect(await rig.messages('dead')).toBe(0);
}, 90_000);

test('nothing that a blocked member gives or receives counts, until they are unblocked; what is replayed says the same', async () => {
  await rig.startSvc();
  const changes: Request[] = [];
  const apply = async (request: Request) => {
    changes.push(request);
    await rig.publish([request]);
    await rig.drained();
  };
  await apply(change('alice', 1, { userId: BLOCKED }));
  await apply({ ...envelope(), kind: 'block', memberId: BLOCKED, reason: 'spam' });
  await apply(change('alice', 1, { userId: BLOCKED }));
  await apply(change(`<@${BLOCKED}>`));
  await apply(change('alice'));
  await apply({ ...envelope(), kind: 'unblock', memberId: BLOCKED });
  await apply(change('alice', 1, { userId: BLOCKED }));
  const verdicts = (await events()).map((event) =>
    event.kind === 'karma-refused' ? event.verdicts : event.kind,
  );
  expect(verdicts).toEqual([
    'karma-changed',
    'blocked',
    [{ refused: 'giver-blocked' }],
    [{ refused: 'receiver-blocked' }],
    'karma-changed',
    'unblocked',
    'karma-changed',
  ]);
  const lists = () => rig.sql`SELECT list, user_id, is_excluded FROM exclusion`;
  const before = { totals: await rig.totals(), lists: [...(await lists())] };
  expect(before.totals).toEqual({ alice: '3' });
  await rig.sql`TRUNCATE karma, ledger, journal, exclusion, audit, counter, cooldown, setting`;
  const replayed = await rig.run('replay', ['--since', '1h']);
  expect(replayed.code).toBe(0);
  expect({ totals: await rig.totals(), lists: [...(await lists())] }).toEqual(before);
  expect((await rig.sql`SELECT FROM audit`).length).toBe(2);
}, 90_000);

test('a replay moves and takes as much as was told, although two workers had applied it in another order', async () => {
  const merge: Request = { ...envelope(), kind: 'merge', from: subject('alcie'), into: subject('alice') };
  const remove: Request = { ...envelope(), kind: 'remove', subject: subject('rude') };
  // Live, the second change of each came after it.
  await rig.publish([change('alcie', 3), change('rude', 5)]);
  await rig.publish([change('alcie', 4), change('rude', 6)]);
  await rig.publish([merge, remove]);
  const common = ({ v, id, at, guildId, origin }: Request) => ({ v, id, at, guildId, origin });
  const events: Event[] = [
    {
      ...common(merge),
      kind: 'merged',
      from: 'alcie',
      moved: '3',
      total: { display: 'alice', karma: '3' },
    },
    { ...common(remove), kind: 'removed', display: 'rude', karma: '5' },
  ];
  for (const event of events)
    await rig.client.publish(eventSubject(event), JSON.stringify(event), { msgID: event.id });
  expect((await rig.run('replay', ['--since', '1h'])).code).toBe(0);
  expect(await rig.totals()).toEqual({ alcie: '4', alice: '3', rude: '6' });
});
