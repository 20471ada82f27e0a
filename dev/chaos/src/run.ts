import type { Timeline } from '@popple/testing/timeline';
import { until } from '@popple/testing/until';
import { announceText, chatStepIn } from './chat-step';
import { chooseRules } from './choose-rules';
import { Crowd } from './crowd';
import { type DrainOptions, drain, heal } from './drain';
import type { Evidence, Finding } from './evidence';
import { type Fault, killsOf, type Target, victimOf } from './fault';
import { gather } from './gather';
import type { Counts } from './meters';
import { Model } from './model';
import type { Crash, ProcessLog } from './process-supervisor';
import type { SeededRandom } from './random';
import { type Injected, injectAll, type ScheduleOptions } from './scheduler';
import { everybodyReady, openStage, type Stage } from './stage';
import { verify } from './verify';

export interface RunOptions extends ScheduleOptions {
  readonly random: SeededRandom;
  readonly workers: number;
  readonly bots: number;
  readonly replicas?: number;
  /** Variables for bot beside the addresses. */
  readonly botEnvironment?: Readonly<Record<string, string>>;
  readonly draining: DrainOptions;
  /** Ends the run early, without findings. */
  readonly signal: AbortSignal;
  readonly timeline: Timeline;
}

/** What a run leaves behind. */
interface Play {
  readonly undrained: readonly Finding[];
  readonly injected: readonly Injected[];
  readonly evidence: Evidence;
  readonly redelivered: number;
  readonly longestStallMs: number;
}

/** The outcome of a run. */
export interface Outcome {
  /** What is not exactly as it must be; empty when all is exact. */
  readonly findings: readonly Finding[];
  readonly injected: readonly Injected[];
  readonly crashes: readonly Crash[];
  /** Kills with SIGKILL (Postgres: ended in immediate mode), by victim. */
  readonly kills: Readonly<Record<Target, number>>;
  /** How often a service ended without being killed. */
  readonly endedByItself: number;
  readonly model: Model;
  readonly evidence: Evidence;
  readonly counts: Counts;
  /** Deliveries beyond the first, as the server counted them. */
  readonly redelivered: number;
  readonly droppedByNonce: number;
  readonly longestStallMs: number;
  readonly durationMs: number;
  readonly logs: readonly ProcessLog[];
}

const READY_WITHIN_MS = 60_000;
const QUIET_WITHIN_MS = 20_000;

/** Messages that are written when no fault is left: everything must work, besides being exact. */
const LAST_WORDS = 12;

/** Switches announcements off in the quiet guilds, before any fault, and waits for the confirmation. */
async function askForSilence({ topology, discord }: Stage, crowd: Crowd): Promise<void> {
  const asked = topology.places
    .filter(({ profile }) => profile === 'quiet')
    .map(({ guildId, channelIds: [channelId = ''] }) =>
      crowd.say({
        guildId,
        channelId,
        authorId: topology.people[0] ?? '',
        content: announceText(topology.botId, false),
        effect: { kind: 'announce', announce: false },
      }),
    );
  await until(
    () => asked.every(({ channelId, id }) => discord.world.message(channelId, id)?.reactions.length),
    'the quiet guilds have the confirmation of announce off',
    { withinMs: QUIET_WITHIN_MS },
  );
}

/**
 * Executes a run on an unused stage: members write all the time, faults are injected, then every fault ends, and all work
 * is waited for.
 */
async function play(stage: Stage, model: Model, options: RunOptions): Promise<Play> {
  const { random, timeline, signal } = options;
  const crowd = new Crowd(stage, model, random.fork('talk'));
  try {
    await stage.start();
    await everybodyReady(stage, READY_WITHIN_MS);
    await chooseRules(stage, model);
    await askForSilence(stage, crowd);
    timeline.note('everybody is ready');
    crowd.talk();
    const injected = await injectAll({ stage, model, crowd, signal }, options);
    await crowd.hush();
    signal.throwIfAborted();
    timeline.note('no more faults');
    await heal(stage);
    const last = random.fork('last words');
    for (let index = 0; index < LAST_WORDS; index += 1) {
      crowd.say(chatStepIn(last.pick(stage.topology.places), last, stage.topology));
    }
    const undrained = await drain(stage, model, options.draining);
    timeline.note('drained');
    await stage.meters.readAll();
    const sides = await stage.observer.progress(READY_WITHIN_MS);
    const redelivered = sides.reduce((sum, side) => sum + side.redelivered, 0);
    const evidence = await gather(stage);
    return { undrained, injected, evidence, redelivered, longestStallMs: crowd.longestStallMs };
  } finally {
    await crowd.hush();
    crowd.stop();
  }
}

function countKills({ workers, bots }: Stage, injected: readonly Injected[]): Record<Target, number> {
  const hits = (isIt: (fault: Fault) => boolean) =>
    injected.filter(({ fault, hit }) => hit && isIt(fault)).length;
  return {
    svc: workers.reduce((sum, worker) => sum + worker.kills, 0),
    bot: bots.reduce((sum, bot) => sum + bot.kills, 0),
    nats: hits((fault) => killsOf(fault) > 0 && victimOf(fault) === 'nats'),
    postgres: hits(
      (fault) => fault.kind === 'kill-backend' || (fault.kind === 'kill' && fault.whom === 'postgres'),
    ),
  };
}

/**
 * Injects faults while members write, and resolves to what is wrong afterwards. Leaves nothing running.
 * @throws when the run itself could not be done, or was aborted.
 */
export async function runChaos(options: RunOptions): Promise<Outcome> {
  options.signal.throwIfAborted();
  const { timeline } = options;
  const stage = await openStage(options);
  const model = new Model(stage.topology.places, stage.topology.robots);
  const supervisors = [...stage.workers, ...stage.bots];
  const played = await play(stage, model, options).finally(() => stage.stop());
  const { undrained, injected, evidence, redelivered, longestStallMs } = played;
  return {
    findings: [...undrained, ...verify(model, evidence)],
    injected,
    crashes: supervisors.flatMap(({ crashes }) => crashes),
    kills: countKills(stage, injected),
    endedByItself: supervisors.reduce((sum, supervisor) => sum + supervisor.endedByItself, 0),
    model,
    evidence,
    counts: stage.meters.sum(),
    redelivered,
    droppedByNonce: stage.knownNonces(),
    longestStallMs,
    durationMs: timeline.elapsedMs,
    logs: supervisors.flatMap(({ logs }) => logs),
  };
}
