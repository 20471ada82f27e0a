/*
 * Plays Discord for the bench, in a process of its own: gateway and REST without rate limits, and members who talk when
 * the bench tells them to. It keeps the time itself, between a member's word and the bot's answer.
 */
import { startLocalDiscord } from '@popple/local-discord/local-discord';
import { nextTurn } from '@popple/shared/process/next-turn';
import { seededRandom } from '../load/random';
import { paced } from '../measure/pace';
import { latencyOf } from '../measure/percentiles';
import { SteadyMeter } from '../measure/steady';
import { karmaLine } from './lines';
import type { ChatOrder, ChatReport } from './orders';

const GUILDS = 50;
const CHANNELS_PER_GUILD = 8;
const MEMBERS = 500;
/**
 * Of each channel, or a long soak would fill the memory. Discord keeps everything: a bot so far behind that it has to read back
 * more than this misses the rest here, and only here.
 */
const HISTORY_LIMIT = 500;
/** Said between two looks at what came back. */
const SAY_AT_ONCE = 100;
/** How often a message is said around a kill (fewer than one bot of two may answer), and how many after the first answer. */
const SAY_EVERY_MS = 60;
const AFTER_FIRST = 5;

const discord = await startLocalDiscord({
  seed: 'empty',
  rateLimits: 'off',
  identifyIntervalMs: 50,
  historyLimit: HISTORY_LIMIT,
  nonceWindowMs: 60_000,
});
const { world } = discord;
const guilds = Array.from({ length: GUILDS }, (_, n) => world.addGuild({ name: `Server ${n}` }));
const channels = guilds.flatMap(({ id: guildId }) =>
  Array.from({ length: CHANNELS_PER_GUILD }, (_, n) => world.addChannel({ guildId, name: `channel-${n}` })),
);
const members = Array.from({ length: MEMBERS }, (_, n) => world.addMember({ name: `Member ${n}` }));

const random = seededRandom(17);
let said = 0;

function report(what: ChatReport): void {
  process.send?.(what);
}

/** The messages that have no answer yet, with when they were due. */
const unanswered = new Map<string, number>();
let onAnswer = (_tookMs: number) => {};
world.onChange((change) => {
  if (change.kind !== 'message-created') return;
  const { authorId, replyToId } = change.message;
  if (authorId !== world.botId || replyToId === null) return;
  const dueMs = unanswered.get(replyToId);
  if (dueMs === undefined) return;
  unanswered.delete(replyToId);
  onAnswer(performance.now() - dueMs);
});

function say(): string {
  const channel = channels[said % channels.length];
  const author = members[Math.floor(random() * members.length)];
  if (channel === undefined || author === undefined) throw new Error('nobody is there to talk');
  said += 1;
  return world.say({ channelId: channel.id, authorId: author.id, content: karmaLine(random) }).id;
}

function sayAwaited(dueMs = performance.now()): void {
  unanswered.set(say(), dueMs);
}

/** Resolves when `count` answers have come; `each` is told of every one. */
function answers(count: number, each: (tookMs: number, sofar: number) => void): Promise<void> {
  return new Promise((resolve) => {
    let sofar = 0;
    onAnswer = (tookMs) => {
      sofar += 1;
      each(tookMs, sofar);
      if (sofar === count) resolve();
    };
  });
}

let target = 0;
let saidUnasked = 0;
let isTalking = false;
async function sayUpTo(total: number): Promise<void> {
  target = total;
  if (isTalking) return;
  isTalking = true;
  while (saidUnasked < target) {
    for (let n = 0; n < SAY_AT_ONCE && saidUnasked < target; n += 1) {
      say();
      saidUnasked += 1;
    }
    // What was said leaves before more is said.
    await nextTurn();
  }
  isTalking = false;
}

async function sayAnswered(count: number, window: number): Promise<void> {
  const meter = new SteadyMeter(count);
  const tookMs: number[] = [];
  let left = count;
  const done = answers(count, (ms, sofar) => {
    tookMs.push(ms);
    meter.passed(sofar);
    if (left > 0) {
      left -= 1;
      sayAwaited();
    }
  });
  for (; left > count - window && left > 0; left -= 1) sayAwaited();
  await done;
  report({ kind: 'answered', speed: meter.result, latency: latencyOf(tookMs) });
}

async function sayPaced(count: number, perSecond: number): Promise<void> {
  const meter = new SteadyMeter(count);
  const tookMs: number[] = [];
  const done = answers(count, (ms, sofar) => {
    tookMs.push(ms);
    meter.passed(sofar);
  });
  await paced(count, perSecond, (from, to, due) => {
    for (let index = from; index < to; index += 1) sayAwaited(due(index));
  });
  await done;
  report({ kind: 'answered', speed: meter.result, latency: latencyOf(tookMs) });
}

let killedAt: number | undefined;

/** Has members talk before and after a kill; ends when everybody has an answer. */
async function talkOverKill(): Promise<void> {
  killedAt = undefined;
  let firstMs: number | undefined;
  let slowestMs = 0;
  onAnswer = (tookMs) => {
    const now = performance.now();
    slowestMs = Math.max(slowestMs, tookMs);
    if (killedAt !== undefined && now - tookMs >= killedAt) firstMs ??= now - killedAt;
  };
  for (let left = AFTER_FIRST; left > 0; left -= firstMs === undefined ? 0 : 1) {
    sayAwaited();
    await Bun.sleep(SAY_EVERY_MS);
  }
  while (unanswered.size > 0) await Bun.sleep(1);
  report({ kind: 'survived', firstMs: firstMs ?? Number.NaN, slowestMs });
}

process.on('message', (order: ChatOrder) => {
  switch (order.do) {
    case 'say-up-to':
      return sayUpTo(order.total);
    case 'talk':
      return paced(order.count, order.perSecond, (from, to) => {
        for (let index = from; index < to; index += 1) say();
      });
    case 'say-answered':
      return sayAnswered(order.count, order.window);
    case 'say-paced':
      return sayPaced(order.count, order.perSecond);
    case 'talk-over-kill':
      return talkOverKill();
    case 'killed':
      killedAt = order.atMs - performance.timeOrigin;
      return;
  }
});
process.on('disconnect', () => process.exit(0));
report({
  kind: 'open',
  apiUrl: discord.apiUrl,
  token: discord.token,
  guildIds: guilds.map(({ id }) => id),
  channelIds: channels.map(({ id }) => id),
});
