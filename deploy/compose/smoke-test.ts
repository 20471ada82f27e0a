import { ACK_WAIT_MS } from '@popple/shared/messaging/topology';
import { holdsInTime } from '@popple/testing/until';
import { compare } from './assertions';
import { allHealthy, crash, type Deployment, partition } from './deployment';
import { Members } from './members';
import { backUp, loseAndRestore, readTotals } from './postgres';
import { checkSandboxes } from './sandbox-check';

/** Longer than a worker may hold a request without a word: what it holds is given to another while it is cut off. */
const PARTITION_SVC_MS = ACK_WAIT_MS + 5_000;
/** Longer than a lease lives: another bot takes the session over while this one is cut off. */
const PARTITION_BOT_MS = 30_000;
const DOWN_MS = 2_000;
const BETWEEN_STEPS_MS = 2_000;
const REPLIED_WITHIN_MS = 180_000;
const LATE_MS = ACK_WAIT_MS + 4_000;
const LOOK_EVERY_MS = 500;

/** Something that happens while members talk. */
interface Step {
  name: string;
  run(deployment: Deployment): Promise<void>;
}

const scale = (svc: number, bot: number) => ['--scale', `svc=${svc}`, '--scale', `bot=${bot}`];

const STEPS: readonly Step[] = [
  {
    name: 'kill the only svc',
    run: async ({ compose }) => crash(await compose.container('svc'), DOWN_MS),
  },
  {
    name: 'kill the only bot',
    run: async ({ compose }) => crash(await compose.container('bot'), DOWN_MS),
  },
  {
    name: 'scale to 3 svc and 2 bots',
    run: async ({ compose }) =>
      void (await compose.run('up', '-d', '--no-recreate', '--wait', ...scale(3, 2))),
  },
  {
    name: 'back the database up',
    run: ({ compose, backupFile }) => backUp(compose, backupFile),
  },
  {
    name: 'kill NATS',
    run: async ({ compose }) => crash(await compose.container('nats'), DOWN_MS),
  },
  {
    name: 'kill Postgres',
    run: async ({ compose }) => crash(await compose.container('postgres'), DOWN_MS),
  },
  {
    name: `cut one svc off from NATS for ${PARTITION_SVC_MS / 1_000} s`,
    run: async (deployment) =>
      partition(deployment, await deployment.compose.container('svc', 1), PARTITION_SVC_MS),
  },
  {
    name: `cut the bot that reads chat off from NATS and Discord for ${PARTITION_BOT_MS / 1_000} s`,
    run: async (deployment) =>
      partition(deployment, await deployment.compose.container('bot'), PARTITION_BOT_MS),
  },
  {
    name: 'stop a bot and a svc in order, and start them again',
    run: async ({ compose }) => void (await compose.run('restart', 'bot', 'svc')),
  },
  {
    name: 'make every password anew and start everything with them',
    run: async ({ compose }) => {
      await compose.run('run', '--rm', '-T', 'credentials', 'credentials', 'rotate');
      // All but the local Discord, which is where members talk.
      const services = ['nats', 'postgres', 'roles', 'streams', 'svc', 'bot'];
      await compose.run('up', '-d', '--force-recreate', '--wait', ...scale(3, 2), ...services);
    },
  },
  {
    name: 'scale down to 1 svc and 1 bot',
    run: async ({ compose }) =>
      void (await compose.run('up', '-d', '--no-recreate', '--wait', ...scale(1, 1))),
  },
];

/** Waits for a reply to every message; what is missing in the end is for the assertions to name. */
async function allReplied(members: Members): Promise<void> {
  await holdsInTime(
    async () => {
      const replied = new Set((await members.replies()).map(({ replyToId }) => replyToId));
      return members.said.every(({ id }) => replied.has(id));
    },
    { withinMs: REPLIED_WITHIN_MS, everyMs: LOOK_EVERY_MS },
  );
}

/** What is wrong with totals and replies, in sentences. */
async function check({ compose }: Deployment, members: Members): Promise<string[]> {
  return compare(members.said, {
    replies: await members.replies(),
    totals: await readTotals(compose, members.guildId),
  });
}

/**
 * Runs every step while members talk, waits for the last replies and for late duplicates, and resolves to what was
 * wrong, in sentences. `note` is called with what happens.
 */
export async function runSmokeTest(deployment: Deployment, note: (what: string) => void): Promise<string[]> {
  const { discord } = deployment;
  await discord.do({ do: 'settings', change: { rateLimits: 'off' } });
  const members = await Members.join(discord);
  await members.say();
  await allReplied(members);
  note(`chat: ${(await members.replies()).map(({ content }) => `"${content}"`).join(' ') || 'no reply'}`);
  const findings = await checkSandboxes(deployment);
  note(findings.length === 0 ? 'containers can do what they should, and no more' : findings.join('; '));
  members.talk();
  for (const { name, run } of STEPS) {
    await Bun.sleep(BETWEEN_STEPS_MS);
    note(name);
    await run(deployment);
    await allHealthy(deployment);
    note(`  all healthy; ${members.said.length} messages said, ${(await members.replies()).length} replies`);
  }
  await Bun.sleep(BETWEEN_STEPS_MS);
  await members.stop();
  note(`silence after ${members.said.length} messages; waiting for the last replies`);
  await allReplied(members);
  note(`waiting ${LATE_MS / 1_000} s for late duplicates`);
  await Bun.sleep(LATE_MS);
  findings.push(...(await check(deployment, members)));
  note(
    `${members.said.length} messages, ${(await members.replies()).length} replies, ${findings.length} findings`,
  );

  note('lose the database, restore the backup and replay');
  const rest = await loseAndRestore(deployment.compose, deployment.backupFile);
  if (!/^ *would apply: +0$/m.test(rest)) findings.push(`replaying left something to apply:\n${rest}`);
  findings.push(...(await check(deployment, members)).map((finding) => `after the restore: ${finding}`));
  note(`restored: ${findings.length} findings`);
  return findings;
}
