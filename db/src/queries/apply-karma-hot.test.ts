import { expect, test } from 'bun:test';
import type { ChangeKarma } from '@popple/shared/contract/request';
import fc from 'fast-check';
import { openTestDatabase } from '../testing/database';
import { changeAnnounce as announceRequest, changeKarma, nextId } from '../testing/requests';
import { applyKarma } from './apply-karma';
import { changeSetting } from './change-setting';

const SUBJECTS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];

/** Every change is +1, so the totals answered for a subject must be 1, 2, … n, each once, whatever the order was. */
function expectEachTotalOnce(requests: readonly ChangeKarma[], answers: ReadonlyMap<string, string[]>): void {
  const totals = new Map<string, bigint[]>();
  for (const request of requests) {
    const told = answers.get(request.id);
    request.changes.forEach(({ subject }, index) => {
      const total = BigInt(told?.[index] ?? 0);
      totals.set(subject, [...(totals.get(subject) ?? []), total]);
    });
  }
  for (const list of totals.values()) {
    const sorted = list.toSorted((one, other) => Number(one - other));
    expect(sorted).toEqual(sorted.map((_, index) => BigInt(index + 1)));
  }
}

test('whatever two workers are given at the same time, each request counts once, and both answer the same', async () => {
  await using t = await openTestDatabase();
  const other = t.another();
  const subjects = fc.uniqueArray(fc.constantFrom(...SUBJECTS.slice(0, 4)), { minLength: 1, maxLength: 4 });
  const scenario = fc.array(subjects, { minLength: 1, maxLength: 12 }).chain((requests) => {
    const batches = fc.array(fc.array(fc.nat(requests.length - 1), { minLength: 1, maxLength: 8 }), {
      maxLength: 4,
    });
    return fc.record({ requests: fc.constant(requests), one: batches, two: batches });
  });
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      // A guild of its own keeps each run apart from those before.
      const guildId = nextId();
      const requests = given.requests.map((list) =>
        changeKarma(Object.fromEntries(list.map((subject) => [subject, 1])), { guildId }),
      );
      const answers = new Map<string, string[]>();
      const work = async (db: typeof other, batches: number[][]) => {
        for (const batch of batches) {
          const chosen = batch.flatMap((index) => requests[index] ?? []);
          for (const [id, { answer }] of await applyKarma(db, chosen)) {
            const told = answer.totals.map(({ karma }) => karma);
            expect(answers.get(id) ?? told).toEqual(told);
            answers.set(id, told);
          }
        }
      };
      await Promise.all([work(t.db, given.one), work(other, given.two)]);
      expectEachTotalOnce(
        requests.filter(({ id }) => answers.has(id)),
        answers,
      );
    }),
    { numRuns: 60 },
  );
});

test('workers that hammer the same subjects in different orders never deadlock', async () => {
  await using t = await openTestDatabase();
  const workers = [t.db, t.another(), t.another()];
  const rounds = 40;
  const requests = Array.from({ length: rounds * 10 }, (_, index) => {
    // Each request names all subjects, beginning with another one.
    const turned = SUBJECTS.map((_, at) => SUBJECTS[(at + index) % SUBJECTS.length] ?? '');
    return changeKarma(Object.fromEntries(turned.map((subject) => [subject, 1])));
  });
  const answers = new Map<string, string[]>();
  await Promise.all(
    workers.map(async (db, worker) => {
      for (let round = 0; round < rounds; round++) {
        const batch = requests.slice(round * 10, round * 10 + 10);
        // Half of each batch goes to every worker, in different orders; the rest to one only.
        const mine = batch.filter((_, index) => index % 2 === 0 || index % workers.length === worker);
        if (worker === 1) mine.reverse();
        const applied = await applyKarma(db, mine);
        for (const [id, { answer }] of applied)
          answers.set(
            id,
            answer.totals.map(({ karma }) => karma),
          );
        if (round % 4 === worker) await changeSetting(db, [announceRequest(round % 2 === 0)]);
      }
    }),
  );
  const answered = requests.filter(({ id }) => answers.has(id));
  expect(answered.length).toBeGreaterThan(rounds * 5);
  expectEachTotalOnce(answered, answers);
  const [stats] = await t.admin`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`;
  expect(stats?.deadlocks).toBe('0');
});
