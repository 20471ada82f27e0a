import { afterEach, beforeEach, expect, test } from 'bun:test';
import { join } from 'node:path';
import type { RestFault } from '@popple/local-discord/faults/rest-faults';
import { type LocalDiscord, startLocalDiscord } from '@popple/local-discord/local-discord';
import type { Message } from '@popple/local-discord/world/model';
import { freeze } from '@popple/testing/freeze';
import { reapProcess } from '@popple/testing/reaper';
import type { DeliverOrder } from './testing/deliver-process';

const NONCE_MEMORY_MS = 2_000;
const POSTING = '^POST /channels/\\d+/messages$';

let discord: LocalDiscord;
let question: Message;

beforeEach(async () => {
  discord = await startLocalDiscord({ rateLimits: 'off', nonceWindowMs: NONCE_MEMORY_MS });
  const { world } = discord;
  const channel = world.channels(world.guilds()[0]?.id ?? '')[0];
  const author = world.members().find(({ bot }) => !bot);
  question = world.say({ channelId: channel?.id ?? '', authorId: author?.id ?? '', content: 'alice++' });
});
afterEach(() => discord.stop());

const posts = () => discord.records.requests.filter(({ method }) => method === 'POST').length;

/** Delivers in a process that is frozen after its first try, while another bot may answer, until nonces are forgotten. */
async function deliverFrozen(
  fault: RestFault,
  meanwhile: () => void,
): Promise<{ outcome: string; said: string[] }> {
  discord.faults.rest({ match: POSTING, ...fault });
  const order: DeliverOrder = {
    apiUrl: discord.apiUrl,
    token: discord.token,
    botId: discord.world.botId,
    nonceMemoryMs: NONCE_MEMORY_MS,
    reply: {
      kind: 'reply',
      requestId: question.id,
      askedAtMs: Date.now(),
      channelId: question.channelId,
      messageId: question.id,
      contents: ['one'],
    },
  };
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'testing/deliver-process.ts'), JSON.stringify(order)],
    { stdout: 'pipe', stderr: 'inherit' },
  );
  const release = reapProcess(child.pid);
  while (posts() === 0) await Bun.sleep(2);
  await freeze(child.pid);
  meanwhile();
  await Bun.sleep(NONCE_MEMORY_MS + 500);
  process.kill(child.pid, 'SIGCONT');
  const outcome = await new Response(child.stdout).text();
  await child.exited;
  release();
  const said = discord.world
    .messages(question.channelId)
    .filter(({ authorId }) => authorId === discord.world.botId)
    .map(({ content }) => content);
  return { outcome, said };
}

const anotherAnswers = () =>
  discord.world.say({
    channelId: question.channelId,
    authorId: discord.world.botId,
    content: 'one',
    replyTo: question.id,
    nonce: question.id,
  });

const FAULTS: [string, RestFault][] = [
  ['waiting for a rate limit', { status: 429, retryAfterMs: 1_000 }],
  ['waiting to try again', { status: 500, times: 2 }],
];

test.each(FAULTS)('frozen while %s, it does not answer again what another has answered', async (_, fault) => {
  expect(await deliverFrozen(fault, anotherAnswers)).toEqual({ outcome: 'posted', said: ['one'] });
});

test.each(FAULTS)('frozen while %s, it answers when it thaws if nobody has', async (_, fault) => {
  expect(await deliverFrozen(fault, () => undefined)).toEqual({ outcome: 'posted', said: ['one'] });
});
