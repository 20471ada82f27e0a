import { ACK_WAIT_MS } from '@popple/shared/messaging/topology';
import { checkConfinement } from './confinement';
import { Crowd } from './crowd';
import { backUp, loseAndRestore, readTotals } from './postgres';
import { allHealthy, crash, partition, type Stage } from './stage';
import { compare } from './verdict';

/** Longer than a worker may hold a request without a word: what it holds is given to another while it is cut off. */
const PARTITION_SVC_MS = ACK_WAIT_MS + 5_000;
/** Longer than a lease lives: another bot takes the session over while this one is cut off. */
const PARTITION_BOT_MS = 30_000;
const DOWN_MS = 2_000;
const BETWEEN_SCENES_MS = 2_000;
const ANSWERED_WITHIN_MS = 180_000;
const LATE_MS = ACK_WAIT_MS + 4_000;
const LOOK_EVERY_MS = 500;

/** Something that happens while members talk. */
interface Scene {
  name: string;
  play(stage: Stage): Promise<void>;
}

const scale = (svc: number, bot: number) => ['--scale', `svc=${svc}`, '--scale', `bot=${bot}`];

const SCENES: readonly Scene[] = [
  {
    name: 'kill the only svc',
    play: async ({ compose }) => crash(await compose.container('svc'), DOWN_MS),
  },
  {
    name: 'kill the only bot',
    play: async ({ compose }) => crash(await compose.container('bot'), DOWN_MS),
  },
  {
    name: 'scale to 3 svc and 2 bots',
    play: async ({ compose }) =>
      void (await compose.run('up', '-d', '--no-recreate', '--wait', ...scale(3, 2))),
  },
  {
    name: 'back the database up',
    play: ({ compose, backupFile }) => backUp(compose, backupFile),
  },
  {
    name: 'kill NATS',
    play: async ({ compose }) => crash(await compose.container('nats'), DOWN_MS),
  },
  {
    name: 'kill Postgres',
    play: async ({ compose }) => crash(await compose.container('postgres'), DOWN_MS),
  },
  {
    name: `cut one svc off from NATS for ${PARTITION_SVC_MS / 1_000} s`,
    play: async (stage) => partition(stage, await stage.compose.container('svc', 1), PARTITION_SVC_MS),
  },
  {
    name: `cut the bot that reads chat off from NATS and Discord for ${PARTITION_BOT_MS / 1_000} s`,
    play: async (stage) => partition(stage, await stage.compose.container('bot'), PARTITION_BOT_MS),
  },
  {
    name: 'stop a bot and a svc in order, and start them again',
    play: async ({ compose }) => void (await compose.run('restart', 'bot', 'svc')),
  },
  {
    name: 'make every password anew and start everything with them',
    play: async ({ compose }) => {
      await compose.run('run', '--rm', '-T', 'credentials', 'credentials', 'rotate');
      // All but the local Discord, which is where members talk.
      const services = ['nats', 'postgres', 'roles', 'streams', 'svc', 'bot'];
      await compose.run('up', '-d', '--force-recreate', '--wait', ...scale(3, 2), ...services);
    },
  },
  {
    name: 'scale down to 1 svc and 1 bot',
    play: async ({ compose }) =>
      void (await compose.run('up', '-d', '--no-recreate', '--wait', ...scale(1, 1))),
  },
];

async function allAnswered(crowd: Crowd): Promise<void> {
  const giveUpAt = Date.now() + ANSWERED_WITHIN_MS;
  for (;;) {
    const answered = new Set((await crowd.answers()).map(({ replyToId }) => replyToId));
    // What is missing in the end is for the verdict to name.
    if (crowd.said.every(({ id }) => answered.has(id)) || Date.now() > giveUpAt) return;
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

/** What is wrong with totals and answers, in sentences. */
async function verdict({ compose }: Stage, crowd: Crowd): Promise<string[]> {
  return compare(crowd.said, {
    answers: await crowd.answers(),
    totals: await readTotals(compose, crowd.guildId),
  });
}

/**
 * Plays every scene while members talk, waits for the last answers and for late duplicates, and resolves to what was
 * wrong, in sentences. `note` hears what happens.
 */
export async function rehearse(stage: Stage, note: (what: string) => void): Promise<string[]> {
  const { discord } = stage;
  await discord.do({ do: 'settings', change: { rateLimits: 'off' } });
  const crowd = await Crowd.gather(discord);
  await crowd.say();
  await allAnswered(crowd);
  note(`chat: ${(await crowd.answers()).map(({ content }) => `"${content}"`).join(' ') || 'no answer'}`);
  const findings = await checkConfinement(stage);
  note(findings.length === 0 ? 'containers can do what they should, and no more' : findings.join('; '));
  crowd.talk();
  for (const { name, play } of SCENES) {
    await Bun.sleep(BETWEEN_SCENES_MS);
    note(name);
    await play(stage);
    await allHealthy(stage);
    note(`  all healthy; ${crowd.said.length} messages said, ${(await crowd.answers()).length} answered`);
  }
  await Bun.sleep(BETWEEN_SCENES_MS);
  await crowd.hush();
  note(`silence after ${crowd.said.length} messages; waiting for the last answers`);
  await allAnswered(crowd);
  note(`waiting ${LATE_MS / 1_000} s for late duplicates`);
  await Bun.sleep(LATE_MS);
  findings.push(...(await verdict(stage, crowd)));
  note(
    `${crowd.said.length} messages, ${(await crowd.answers()).length} answers, ${findings.length} findings`,
  );

  note('lose the database, restore the backup and replay');
  const rest = await loseAndRestore(stage.compose, stage.backupFile);
  if (!/^ *would apply: +0$/m.test(rest)) findings.push(`replaying left something to apply:\n${rest}`);
  findings.push(...(await verdict(stage, crowd)).map((finding) => `after the restore: ${finding}`));
  note(`restored: ${findings.length} findings`);
  return findings;
}
