import { afterEach, describe, expect, test } from 'bun:test';
import { type TestPopple, type TestPoppleOptions, testPopple } from '@popple/testing/popple';
import { startService } from '@popple/testing/service';
import { untilResumable } from './testing/resumable';
import { expectExact, identifies, resumes } from './testing/traffic';

let popple: TestPopple;
afterEach(() => popple.stop());

async function start(options: TestPoppleOptions = {}): Promise<void> {
  popple = await testPopple(options);
}

/** What the newest bot has logged at a level, and what of it speaks of something. */
function logged(level: string, text: string): string[] {
  const lines = popple.bots.at(-1)?.output().split('\n') ?? [];
  return lines.filter((line) => line.includes(`"level":"${level}"`) && line.includes(text));
}

async function gatewayReadiness(): Promise<string> {
  // A process that has just begun does not answer yet.
  const readiness = await popple.bots
    .at(-1)
    ?.readiness()
    .catch(() => undefined);
  return readiness?.dependencies.gateway ?? '';
}

describe('the IDENTIFYs of a day', () => {
  test('that are used up do not keep a session from being resumed', async () => {
    await start({ discord: { sessionStartsPerDay: 1 } });
    await untilResumable(popple);
    const said = [popple.say('x++')];
    await popple.bots[0]?.stop();
    said.push(popple.say('x++'));
    await popple.startBot();
    await expectExact(popple, said);
    expect(identifies(popple)).toBe(1);
    expect(resumes(popple)).toBe(1);
  });

  test('that are used up are waited for, and that is said', async () => {
    await start({ discord: { sessionStartsPerDay: 1, sessionStartsResetMs: 25_000 } });
    popple.discord.faults.gateway.forgetSessions();
    popple.discord.faults.gateway.dropConnections();
    const said = [popple.say('x++')];
    await popple.until('it waits', async () => (await gatewayReadiness()).includes('0 of the 1 IDENTIFYs'));
    expect(popple.discord.records.identifies).toHaveLength(1);
    await popple.until('the next day', () => identifies(popple) === 2);
    await expectExact(popple, said);
    expect(logged('error', '0 of the 1 IDENTIFYs')).toHaveLength(1);
    expect(popple.discord.records.identifies.map(({ outcome }) => outcome)).toEqual(['ready', 'ready']);
  });

  test('are not spent to the last on a session that is closed each time', async () => {
    await start({ bots: 0 });
    const { faults } = popple.discord;
    faults.gateway.closeOnIdentify(4000, 1_000);
    const session_start_limit = { total: 1_000, remaining: 90, reset_after: 86_400_000, max_concurrency: 1 };
    const url = `${popple.discord.url.replace('http', 'ws')}/gateway`;
    const body = { url, shards: 1, session_start_limit };
    faults.rest({ match: '^GET /gateway/bot$', status: 200, body, times: 1_000 });
    await popple.startBot({}, false);
    await popple.until('it waits', async () =>
      (await gatewayReadiness()).includes('90 of the 1000 IDENTIFYs'),
    );
    expect(popple.discord.records.identifies).toHaveLength(3);
    expect(logged('warn', 'closed with code 4000: Unknown error.')).toHaveLength(3);
  });
});

test('a gateway that refuses connections is tried again after pauses that grow, and why is said', async () => {
  await start();
  popple.discord.faults.gateway.refuseConnections(1_000);
  popple.discord.faults.gateway.dropConnections();
  const pausesMs = () =>
    logged('warn', 'gateway connection lost').flatMap((line) =>
      Number(/again in (\d+) ms/.exec(line)?.[1] ?? 0),
    );
  await popple.until('it was refused four times', () => pausesMs().length >= 5);
  expect(await gatewayReadiness()).toContain('Expected 101 status code: 503; connects again at');
  // Each is drawn from the upper half of what it may be, and that doubles.
  const [, first = 0, second = 0, third = 0, fourth = 0] = pausesMs();
  expect(Math.min(first, second)).toBeLessThan(third);
  expect(second).toBeLessThan(fourth);
  popple.discord.faults.clear();
  await expectExact(popple, [popple.say('x++')]);
  expect(identifies(popple)).toBe(1);
});

describe('/gateway/bot at the start', () => {
  test('is asked again while Discord is not well', async () => {
    await start({ bots: 0 });
    popple.discord.faults.rest({ match: '^GET /gateway/bot$', status: 503, times: 3 });
    await popple.startBot();
    expect(logged('warn', 'cannot reach Discord at').length).toBeGreaterThan(0);
  });

  test.each([
    ['does not know it', { status: 404 }],
    ['says something else', { status: 200, body: { message: 'hello' } }],
  ])('ends the bot with a sentence where what answers %s', async (_how, answer) => {
    await start({ bots: 0 });
    popple.discord.faults.rest({ match: '^GET /gateway/bot$', ...answer, times: 100 });
    const bot = await startService('bot', {
      DISCORD_TOKEN: popple.discord.token,
      DISCORD_API_URL: popple.discord.apiUrl,
      NATS_URL: popple.nats.url,
      STREAM_MAX_BYTES: '67108864',
    });
    popple.bots.push(bot);
    expect((await bot.exited).code).toBe(1);
    expect(logged('fatal', 'does not answer as Discord')).toHaveLength(1);
    expect(bot.output()).not.toContain('"stack"');
  });
});
