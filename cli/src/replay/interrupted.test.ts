import { describe, expect, test } from 'bun:test';
import { hold, untilBlocked } from '@popple/db/testing/locks';
import { STREAMS } from '@popple/shared/messaging/topology';
import { SAME_REQUEST_MS } from '@popple/shared/process/stop-signals';
import { change, GUILD } from '@popple/svc/testing/requests';
import { ownPostgres } from '@popple/testing/postgres';
import { startTcpProxy } from '@popple/testing/tcp-proxy';
import { countsIn, NO_COUNTS } from '../testing/counts';
import { openRig, type Rig } from '../testing/rig';

const SINCE = ['--since', '1h'];

/** More than two batches of requests, each on one of five subjects. */
const BACKLOG = 1_200;
const TOTALS = { s0: '240', s1: '240', s2: '240', s3: '240', s4: '240' };

const backlog = () => Array.from({ length: BACKLOG }, (_, index) => change(`s${index % 5}`));

/** One request of the second batch is on a subject of its own. */
const GATE = 700;
const GATED_TOTALS = { ...TOTALS, s0: '239', gate: '1' };

/**
 * Starts a replay of a backlog that hangs in its second statement until the gate is opened: the first batch is committed,
 * the second is on its way, the third still in NATS.
 */
async function replayAtTheGate(rig: Rig) {
  const requests = backlog();
  requests[GATE] = change('gate');
  await rig.publish(requests);
  await rig.sql`INSERT INTO karma VALUES (${GUILD}, 'gate', 'gate', 0)`;
  const gate = await hold(rig.sql, `SELECT 1 FROM karma WHERE subject = 'gate' FOR UPDATE`);
  const replay = rig.start('replay', SINCE);
  await untilBlocked(rig.sql, 1);
  return { replay, gate };
}

const appliedRows = async (rig: Rig) => (await rig.sql`SELECT request_id FROM ledger`).length;

describe('a replay that is killed', () => {
  test('in the midst of a statement is finished by the next, and counts nothing twice', async () => {
    await using rig = await openRig();
    const { replay, gate } = await replayAtTheGate(rig);
    replay.kill('SIGKILL');
    expect((await replay.ended).code).not.toBe(0);
    await gate.commit();
    const { output, code } = await rig.run('replay', SINCE);
    expect(code).toBe(0);
    const { applied = 0, 'already known': known = 0 } = countsIn(output);
    expect(applied + known).toBe(BACKLOG);
    // Postgres commits the second statement or gives it up, as it finds out that nobody listens; nobody needs to know.
    expect([500, 1_000]).toContain(known);
    expect(await rig.totals()).toEqual(GATED_TOTALS);
    expect(await appliedRows(rig)).toBe(BACKLOG);
  });

  test('again and again at any moment still makes the totals whole', async () => {
    await using rig = await openRig();
    await rig.publish(backlog());
    let kills = 0;
    for (let rows = 0; rows < BACKLOG && kills < 20; kills += 1) {
      const replay = rig.start('replay', SINCE);
      // From the first moments of the process into the midst of its work.
      await Bun.sleep(150 + kills * 25);
      replay.kill('SIGKILL');
      await replay.ended;
      rows = await appliedRows(rig);
    }
    const { output } = await rig.run('replay', SINCE);
    const { applied = 0, 'already known': known = 0 } = countsIn(output);
    expect(applied + known).toBe(BACKLOG);
    expect(await rig.totals()).toEqual(TOTALS);
  });
});

describe('a replay that is stopped', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'by %s finishes its statement, prints the counts so far and leaves no consumer',
    async (signal, code) => {
      await using rig = await openRig();
      const { replay, gate } = await replayAtTheGate(rig);
      replay.kill(signal);
      await Bun.sleep(100);
      await gate.commit();
      const result = await replay.ended;
      expect(result.code).toBe(code);
      expect(result.output).toContain('Stopped before the end');
      const { applied = 0 } = countsIn(result.output);
      expect(applied).toBe(1_000);
      expect(await appliedRows(rig)).toBe(applied);
      expect(await rig.manager.consumers.list(STREAMS.requests).next()).toEqual([]);
      const rest = await rig.run('replay', SINCE);
      expect(countsIn(rest.output)).toEqual({
        ...NO_COUNTS,
        applied: BACKLOG - applied,
        'already known': applied,
      });
      expect(await rig.totals()).toEqual(GATED_TOTALS);
    },
  );

  test('by one Ctrl-C that arrives twice finishes its statement', async () => {
    await using rig = await openRig();
    const { replay, gate } = await replayAtTheGate(rig);
    replay.kill('SIGINT');
    await Bun.sleep(3);
    replay.kill('SIGINT');
    await Bun.sleep(100);
    await gate.commit();
    const result = await replay.ended;
    expect(result.code).toBe(130);
    expect(result.output).toContain('Stopped before the end');
  });

  test('twice leaves at once', async () => {
    await using rig = await openRig();
    const { replay, gate } = await replayAtTheGate(rig);
    replay.kill('SIGINT');
    await Bun.sleep(SAME_REQUEST_MS + 200);
    replay.kill('SIGINT');
    expect((await replay.ended).code).toBe(130);
    await gate.commit();
  });
});

describe('a replay beside others', () => {
  test('two replays and two workers on the same requests count each once', async () => {
    await using rig = await openRig();
    await rig.startSvc();
    await rig.startSvc();
    const replays = [rig.start('replay', SINCE), rig.start('replay', SINCE)];
    for (let round = 0; round < 4; round += 1) {
      await rig.publish(backlog());
      replays.push(rig.start('replay', SINCE));
    }
    for (const { code } of await Promise.all(replays.map(({ ended }) => ended))) expect(code).toBe(0);
    await rig.drained();
    const total = String(4 * 240);
    expect(await rig.totals()).toEqual({ s0: total, s1: total, s2: total, s3: total, s4: total });
    expect(await appliedRows(rig)).toBe(4 * BACKLOG);
    // Every request was answered by svc, and by nobody else.
    expect(await rig.messages('events')).toBe(4 * BACKLOG);
    expect(await rig.messages('dead')).toBe(0);
  });
});

describe('a replay whose servers go away', () => {
  test('waits for NATS and reads on where it was', async () => {
    await using rig = await openRig();
    const { replay, gate } = await replayAtTheGate(rig);
    await rig.nats.kill();
    await gate.commit();
    await replay.said('cannot read on from NATS');
    await rig.nats.restart();
    const { output, code } = await replay.ended;
    expect(code).toBe(0);
    // Each message was read once.
    expect(countsIn(output)).toEqual({ ...NO_COUNTS, applied: BACKLOG });
    expect(await rig.totals()).toEqual(GATED_TOTALS);
  });

  test('waits for Postgres and applies what it had in hand', async () => {
    await using postgres = await ownPostgres();
    await using rig = await openRig(postgres.url);
    const { replay } = await replayAtTheGate(rig);
    await postgres.kill();
    await replay.said('Postgres cannot take it now');
    await postgres.restart();
    const { output, code } = await replay.ended;
    expect(code).toBe(0);
    expect(countsIn(output)).toEqual({ ...NO_COUNTS, applied: BACKLOG });
    expect(await rig.totals()).toEqual(GATED_TOTALS);
  });

  test('reads each message once however often the connection is cut', async () => {
    await using rig = await openRig();
    for (let round = 0; round < 8; round += 1) await rig.publish(backlog());
    await using proxy = await startTcpProxy({ target: rig.nats.url });
    const replay = rig.start('replay', SINCE, { NATS_URL: proxy.url });
    let done = false;
    void replay.ended.finally(() => {
      done = true;
    });
    await replay.said('Replaying');
    for (let cuts = 0; cuts < 3 && !done; cuts += 1) {
      proxy.cut();
      await Bun.sleep(1_500);
    }
    const { output, code } = await replay.ended;
    expect(code).toBe(0);
    expect(countsIn(output)).toEqual({ ...NO_COUNTS, applied: 8 * BACKLOG });
  });

  test('goes on when its consumer is removed', async () => {
    await using rig = await openRig();
    const { replay, gate } = await replayAtTheGate(rig);
    const [consumer] = await rig.manager.consumers.list(STREAMS.requests).next();
    await rig.manager.consumers.delete(STREAMS.requests, consumer?.name ?? '');
    await gate.commit();
    const { output } = await replay.ended;
    expect(countsIn(output)).toEqual({ ...NO_COUNTS, applied: BACKLOG });
  });
});
