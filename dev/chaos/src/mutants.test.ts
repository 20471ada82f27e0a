import { describe, expect, test } from 'bun:test';
import { join, relative } from 'node:path';
import type { CrashPoint } from '@popple/shared/process/crash-point';
import { Timeline } from '@popple/testing/timeline';
import { until } from '@popple/testing/until';
import postgres from 'postgres';
import { chooseRules } from './choose-rules';
import { Crowd } from './crowd';
import { drain } from './drain';
import type { Finding } from './evidence';
import { gather } from './gather';
import { Model } from './model';
import { RULES } from './place-rules';
import type { ProcessSupervisor } from './process-supervisor';
import { SeededRandom } from './random';
import { everybodyReady, openStage, type Stage, type StageOptions } from './stage';
import { verify } from './verify';

/*
 * A test that never fails proves nothing. Here one thing at a time that the promise stands on is taken away, from outside,
 * one process is killed at the point where that shows, and the verdict has to be the one that fits.
 */

const READY_WITHIN_MS = 60_000;
const PATIENCE_MS = 180_000;
const DRAIN_PACE = { redeliverAfterMs: 500, lateMs: 2_000 };

/** Has a process start with one of the files in mutants/. */
function preload(file: string): Record<string, string> {
  // Bun splits the options at white space, which the way to this checkout may have, and the way within it has not.
  return { BUN_OPTIONS: `--preload ./${relative(process.cwd(), join(import.meta.dir, 'mutants', file))}` };
}

/** Switches the ledger off: what is entered is gone when the statement ends. */
async function switchLedgerOff({ databaseUrl }: Stage): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    await sql.unsafe(`
      create function forget() returns trigger language plpgsql as
        $$ begin delete from ledger where request_id = new.request_id; return null; end $$;
      create trigger forget after insert on ledger for each row execute function forget();`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** Lets what was counted be read before the statement, which then adds to it and is held to nothing. */
async function releaseCounts({ databaseUrl }: Stage): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1 });
  try {
    await sql.unsafe(`
      drop index journal_giver;
      create index journal_giver on journal (guild_id, giver_id, day, nth);
      alter table counter drop constraint counter_within_bound;
      alter table cooldown drop constraint cooldown_in_turn;`);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

interface Scene extends Partial<Omit<StageOptions, 'timeline' | 'bots'>> {
  /** Each process dies once over an `ada++`. */
  readonly crashAt?: readonly CrashPoint[];
  readonly prepare?: (stage: Stage) => Promise<void>;
  /** What happens once everybody is ready, and nobody is to die any more. */
  readonly act?: (stage: Stage, model: Model, crowd: Crowd) => Promise<void>;
}

/** How many statements of svc wait for a lock. */
async function countWaiting(sql: postgres.Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::int from pg_stat_activity where application_name = 'popple-svc' and wait_event_type = 'Lock'`;
  return row?.count ?? 0;
}

/**
 * One member writes more than a day's quota, while nobody may add to the journal until two workers have read what was counted,
 * decided, and are about to write it down.
 */
async function decideTogether({ topology, databaseUrl }: Stage, model: Model, crowd: Crowd): Promise<void> {
  const { guildId = '', channelIds: [channelId = ''] = [] } =
    topology.places.find(({ profile }) => profile === 'limited') ?? {};
  const write = () =>
    crowd.say({
      ...{ guildId, channelId, authorId: topology.newcomers[0] ?? '', content: 'tea++' },
      effect: { kind: 'change', changes: [{ subject: 'tea', delta: 1 }] },
    });
  const holder = postgres(databaseUrl, { max: 1 });
  const looker = postgres(databaseUrl, { max: 1 });
  try {
    await holder.begin(async (transaction) => {
      await transaction`lock table journal in share mode`;
      await until(
        async () => {
          write();
          return (await countWaiting(looker)) === 2;
        },
        'two workers are about to write',
        { withinMs: READY_WITHIN_MS, everyMs: 300 },
      );
    });
    for (let index = 0; index < 2 * RULES.limited.quota; index += 1) write();
  } finally {
    await Promise.all([holder.end({ timeout: 5 }), looker.end({ timeout: 5 })]);
  }
  if (model.said.size <= RULES.limited.quota) throw new Error('too little was written');
}

/** The same under the rules that guilds choose. */
const underRules: NonNullable<Scene['act']> = async (stage, model, crowd) => {
  await chooseRules(stage, model);
  await decideTogether(stage, model, crowd);
};

/** Kills a process (if it runs already), has it die at the point over what is said meanwhile, and lets it live. */
async function dieOver(
  stage: Stage,
  supervisor: ProcessSupervisor,
  point: CrashPoint,
  speak: () => void,
): Promise<void> {
  const before = supervisor.process;
  const crash = supervisor.crash(point, 1, 0);
  while (supervisor.process === before || supervisor.process === undefined) await Bun.sleep(5);
  await everybodyReady(stage, READY_WITHIN_MS);
  speak();
  await crash;
  if (!supervisor.crashes.at(-1)?.reached) {
    throw new Error(
      `${supervisor.name} did not come to ${point}; it wrote:\n${supervisor.logs.at(-1)?.text}`,
    );
  }
}

/** One `ada++` for each crash point, and what the verdict is in the end. */
async function findingsOf({ crashAt = [], prepare, act, ...options }: Scene): Promise<Finding[]> {
  const stage = await openStage({ workers: 1, bots: 1, timeline: new Timeline(), ...options });
  const model = new Model(stage.topology.places, stage.topology.robots);
  const crowd = new Crowd(stage, model, new SeededRandom('1'));
  try {
    const [worker] = stage.workers;
    const [bot] = stage.bots;
    if (worker === undefined || bot === undefined) throw new Error('the stage is empty');
    await prepare?.(stage);
    const victim = (point: CrashPoint | undefined) => (point?.startsWith('bot:') ? bot : worker);
    // The first victim is doomed from its start: a bot killed for that would leave its lease to run out first.
    await (victim(crashAt[0]) === worker ? bot : worker).start();
    const { guildId = '', channelIds: [channelId = ''] = [] } =
      stage.topology.places.find(({ profile }) => profile === 'loud') ?? {};
    const speak = () =>
      crowd.say({
        guildId,
        channelId,
        authorId: stage.topology.people[0] ?? '',
        content: 'ada++',
        effect: { kind: 'change', changes: [{ subject: 'ada', delta: 1 }] },
      });
    for (const point of crashAt) await dieOver(stage, victim(point), point, speak);
    if (act !== undefined) {
      await stage.start();
      await everybodyReady(stage, READY_WITHIN_MS);
      await act(stage, model, crowd);
    }
    const undrained = await drain(stage, model, DRAIN_PACE);
    return [...undrained, ...verify(model, await gather(stage))];
  } finally {
    crowd.stop();
    await stage.stop();
  }
}

const kindsOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ kind }) => kind))].sort();

const rulesOf = (findings: readonly Finding[]) => findings.filter(({ kind }) => kind === 'rule');

describe('the verdict on a Popple', () => {
  test(
    'that nobody tampered with is that it is exact',
    async () => {
      expect(await findingsOf({ crashAt: ['svc:before-apply', 'svc:after-commit'] })).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'without its ledger is that it counts twice',
    async () => {
      const findings = await findingsOf({ crashAt: ['svc:after-commit'], prepare: switchLedgerOff });
      expect(findings.find(({ kind }) => kind === 'total')?.problem).toContain('has 2, said was 1');
      expect(kindsOf(findings)).toEqual(['ledger', 'running-totals', 'total']);
    },
    PATIENCE_MS,
  );

  test(
    'that acks before it commits is that it loses',
    async () => {
      const findings = await findingsOf({
        crashAt: ['svc:before-apply'],
        svcEnvironment: preload('ack-on-arrival.ts'),
      });
      expect(findings.find(({ kind }) => kind === 'total')?.problem).toContain('has no row, said was 1');
      expect(kindsOf(findings)).toEqual(['ledger', 'reply-missing', 'total']);
    },
    PATIENCE_MS,
  );

  test(
    'of which two workers decide together is that no more counts than may',
    async () => {
      expect(await findingsOf({ workers: 2, act: underRules })).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    'that reads a quota before the statement, and is not held to it by that, is that too much counts',
    async () => {
      const findings = await findingsOf({ workers: 2, act: underRules, prepare: releaseCounts });
      expect(rulesOf(findings).map(({ problem }) => problem)).toContainEqual(
        expect.stringMatching(/^\d+ changes by \d+ counted in guild \d+, and the quota is 4$/),
      );
      expect(kindsOf(findings)).toEqual(['rule']);
    },
    PATIENCE_MS,
  );

  test(
    'that forgets its replies, at a Discord that forgets nonces, is that it replies twice',
    async () => {
      const findings = await findingsOf({
        crashAt: ['bot:after-discord-200'],
        botEnvironment: preload('forget-answers.ts'),
        nonceWindowMs: 0,
      });
      expect(kindsOf(findings)).toEqual(['reply-twice']);
    },
    PATIENCE_MS,
  );
});
