import { expect, test } from 'bun:test';
import type { Request } from '@popple/shared/contract/request';
import { messageEnvelope, messageId } from '@popple/shared/contract/testing/envelope';
import { DURABLES, STREAMS } from '@popple/shared/messaging/topology';
import { change, GUILD, undo } from '@popple/svc/testing/requests';
import { countsIn, NO_COUNTS } from '../testing/counts';
import { openRig, type Rig } from '../testing/rig';

/** What the ledger says of each request, and what there is of karma, journal and counters. */
async function contentOf({ sql }: Rig) {
  const answers = await sql`SELECT request_id AS id, answer->'verdicts' AS verdicts FROM ledger ORDER BY id`;
  const karma = await sql`SELECT subject, karma FROM karma ORDER BY subject`;
  const journal = await sql`SELECT request_id, delta FROM journal ORDER BY request_id`;
  const counters = await sql`SELECT scope, key, count FROM counter ORDER BY period, scope, key`;
  return { answers: [...answers], karma: [...karma], journal: [...journal], counters: [...counters] };
}

/** Leaves what a backup from before the first request has. */
async function lose({ sql }: Rig): Promise<void> {
  await sql`TRUNCATE karma, ledger, journal, counter, cooldown, undone`;
}

const STRICT = { RULES_PRESET: 'strict' };

test('what members were told holds when an empty database is filled again, in whatever order it was decided', async () => {
  await using rig = await openRig();
  const workers = [await rig.startSvc(STRICT), await rig.startSvc(STRICT)];
  const asked = Array.from({ length: 60 }, (_, n) => change(`s${n % 7}`));
  await rig.publish(asked);
  await rig.drained();
  await Promise.all(workers.map((svc) => svc.stop()));
  const before = await contentOf(rig);
  expect(before.journal).toHaveLength(10);

  await lose(rig);
  // The rules of today would let all of them through.
  const again = await rig.run('replay', ['--since', '1h'], { RULES_PRESET: 'relaxed' });
  expect(countsIn(again.output)).toEqual({ ...NO_COUNTS, applied: 60 });
  // Without limits nothing is counted against them.
  expect(await contentOf(rig)).toEqual({ ...before, counters: [] });

  await lose(rig);
  await rig.run('replay', ['--since', '1h'], STRICT);
  expect(await contentOf(rig)).toEqual(before);
});

test('svc that is started after the replay publishes again what was told, of whatever NATS delivers again', async () => {
  await using rig = await openRig();
  const svc = await rig.startSvc(STRICT);
  await rig.publish(Array.from({ length: 30 }, (_, n) => change(`s${n % 7}`)));
  await rig.drained();
  await svc.stop();
  const before = await contentOf(rig);

  await lose(rig);
  // As if svc had acked nothing: it is delivered all that the stream has.
  const { config } = await rig.manager.consumers.info(STREAMS.requests, DURABLES.svc);
  await rig.manager.consumers.delete(STREAMS.requests, DURABLES.svc);
  await rig.manager.consumers.add(STREAMS.requests, config);
  await rig.run('replay', ['--since', '1h'], { RULES_PRESET: 'relaxed' });
  // The rules of today would let all of them through.
  await rig.startSvc({ RULES_PRESET: 'relaxed' });
  await rig.drained();
  expect(await contentOf(rig)).toEqual({ ...before, counters: [] });
});

test('what was never answered is decided now, with what was told before it counted', async () => {
  await using rig = await openRig();
  const unanswered = Array.from({ length: 5 }, (_, n) => change(`early ${n}`));
  const answered = Array.from({ length: 9 }, (_, n) => change(`late ${n}`));
  const svc = await rig.startSvc(STRICT);
  await rig.publish(answered);
  await rig.drained();
  await svc.stop();
  await lose(rig);
  await rig.publish(unanswered);
  await rig.run('replay', ['--since', '1h'], STRICT);
  const { journal, answers } = await contentOf(rig);
  // The quota is 10: nine that were told, and the first of the others.
  expect(journal).toHaveLength(10);
  expect(answers.filter(({ verdicts }) => verdicts !== null)).toHaveLength(4);
  expect(await rig.totals()).toMatchObject(Object.fromEntries(answered.map((_, n) => [`late ${n}`, '1'])));
});

test('an undo that was answered takes back what it took back, whatever the window is now', async () => {
  await using rig = await openRig();
  const windowOf = (value: number): Request => ({
    ...messageEnvelope({ guildId: GUILD }),
    kind: 'change-setting',
    key: 'undo-window',
    value,
  });
  const svc = await rig.startSvc();
  const [early, late] = [{ userId: '301' }, { userId: '302' }];
  for (const request of [
    change('early', 1, { id: messageId(10 * 60_000), ...early }),
    change('late', 1, { id: messageId(60_000), ...late }),
    undo(early),
    undo(late),
    undo(late),
  ])
    await rig.publish([request]);
  await rig.drained();
  const before = await contentOf(rig);
  expect(await rig.totals()).toEqual({ early: '1', late: '0' });

  for (const seconds of [0, 3_600]) {
    await rig.publish([windowOf(seconds)]);
    await rig.drained();
    await lose(rig);
    await rig.run('replay', ['--since', '1h']);
    expect(await rig.totals()).toEqual({ early: '1', late: '0' });
    expect((await contentOf(rig)).journal).toEqual(before.journal);
  }
  await svc.stop();
});
