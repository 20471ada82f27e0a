import { describe, expect, test } from 'bun:test';
import { messageId } from '@popple/shared/contract/testing/envelope';
import { announce, change, check, GUILD } from '@popple/svc/testing/requests';
import { countsIn, NO_COUNTS } from '../testing/counts';
import { openRig } from '../testing/rig';
import { startTool } from '../testing/tool-process';

const many = (count: number, subjects = 5) =>
  Array.from({ length: count }, (_, index) => change(`s${index % subjects}`));

describe('bun run replay', () => {
  test('applies what the ledger lacks, says nothing in chat, and changes nothing the second time', async () => {
    await using rig = await openRig();
    const all = [
      ...many(1_200),
      check('s0'),
      announce(false),
      { ...check('s1'), kind: 'check-board', end: 'top', size: 5 } as const,
    ];
    await rig.publish(all);
    const first = await rig.run('replay', ['--since', '1h']);
    expect(countsIn(first.output)).toEqual({ ...NO_COUNTS, applied: 1_201, skipped: 2 });
    expect(first.code).toBe(0);
    const totals = { s0: '240', s1: '240', s2: '240', s3: '240', s4: '240' };
    expect(await rig.totals()).toEqual(totals);
    expect(await rig.sql`SELECT value FROM setting`).toMatchObject([{ value: false }]);
    const second = await rig.run('replay', ['--since', '1h']);
    expect(countsIn(second.output)).toEqual({ ...NO_COUNTS, 'already known': 1_201, skipped: 2 });
    expect(second.code).toBe(0);
    expect(await rig.totals()).toEqual(totals);
    expect(await rig.messages('events')).toBe(0);
    expect(await rig.messages('dead')).toBe(0);
  });

  test('leaves what svc does alone, and svc what it did', async () => {
    await using rig = await openRig();
    await rig.publish(many(10));
    await rig.run('replay', ['--since', '1h']);
    await rig.startSvc();
    await rig.publish(many(10));
    await rig.drained();
    expect(await rig.totals()).toEqual({ s0: '4', s1: '4', s2: '4', s3: '4', s4: '4' });
    // svc had every request of its own to answer, also those that replay had applied before.
    expect(await rig.messages('events')).toBe(20);
    const { output } = await rig.run('replay', ['--since', '1h']);
    expect(countsIn(output)).toEqual({ ...NO_COUNTS, 'already known': 20 });
  });

  test('--dry-run says what would be applied and writes nothing', async () => {
    await using rig = await openRig();
    const known = many(7);
    await rig.publish(known);
    await rig.run('replay', ['--since', '1h']);
    const twice = change('twice');
    await rig.publish([...many(600), announce(true), check('s0'), twice]);
    // Stored twice, as after the duplicate window.
    await rig.client.publish(`popple.request.change-karma.${GUILD}`, JSON.stringify(twice));
    const before = await rig.totals();
    const { output, code } = await rig.run('replay', ['--since', '1h', '--dry-run']);
    const { applied: _, ...rest } = NO_COUNTS;
    expect(countsIn(output)).toEqual({ ...rest, 'would apply': 602, 'already known': 8, skipped: 1 });
    expect(code).toBe(0);
    expect(await rig.totals()).toEqual(before);
    expect(await rig.sql`SELECT request_id FROM ledger`).toHaveLength(7);
    const real = await rig.run('replay', ['--since', '1h']);
    expect(countsIn(real.output)).toEqual({ ...NO_COUNTS, applied: 602, 'already known': 8, skipped: 1 });
  });

  test('--since and --until choose by when a request was published, --guild by its server', async () => {
    await using rig = await openRig();
    await rig.publish([change('early'), change('early', 1, { guildId: '200' })]);
    await Bun.sleep(50);
    const from = new Date().toISOString();
    await Bun.sleep(50);
    await rig.publish([change('middle'), change('middle', 1, { guildId: '200' }), check('middle', '200')]);
    await Bun.sleep(50);
    const to = new Date().toISOString();
    await Bun.sleep(50);
    await rig.publish([change('late'), change('late', 1, { guildId: '200' })]);

    const other = await rig.run('replay', ['--since', from, '--until', to, '--guild', '200']);
    expect(countsIn(other.output)).toEqual({ ...NO_COUNTS, applied: 1, skipped: 1 });
    expect(other.errors).toContain('Replaying 2 requests of guild 200');
    expect(await rig.totals('200')).toEqual({ middle: '1' });
    expect(await rig.totals()).toEqual({});
    await rig.run('replay', ['--since', from, '--until', to]);
    expect(await rig.totals()).toEqual({ middle: '1' });
    await rig.run('replay', ['--since', from]);
    expect(await rig.totals()).toEqual({ middle: '1', late: '1' });
    const empty = await rig.run('replay', ['--since', '1h', '--guild', '300']);
    expect(empty).toMatchObject({ code: 0 });
    expect(countsIn(empty.output)).toEqual(NO_COUNTS);
  });

  test('ends at the end of the stream as it was at the start, while more keeps coming', async () => {
    await using rig = await openRig();
    await rig.publish(many(2_000));
    const replay = rig.start('replay', ['--since', '1h']);
    let done = false;
    const ended = replay.ended.finally(() => {
      done = true;
    });
    await replay.said('Replaying');
    let more = 0;
    while (!done) {
      await rig.publish(many(20));
      more += 20;
    }
    const { output, code } = await ended;
    expect(code).toBe(0);
    expect(more).toBeGreaterThan(0);
    const { applied = 0 } = countsIn(output);
    expect(applied).toBeGreaterThanOrEqual(2_000);
    expect(applied).toBeLessThanOrEqual(2_000 + more);
    expect(await rig.sql`SELECT request_id FROM ledger`).toHaveLength(applied);
  });

  test('what the ledger may have forgotten is refused, with the reason; what it still has is known', async () => {
    await using rig = await openRig();
    const day = 86_400_000;
    await rig.publish([change('old', 1, { id: messageId(31 * day) }), change('new')]);
    const { output, code } = await rig.run('replay', ['--since', '1h']);
    expect(countsIn(output)).toEqual({ ...NO_COUNTS, applied: 1, refused: 1 });
    expect(output).toContain('message 1 of POPPLE_REQUESTS');
    expect(output).toContain('LEDGER_RETENTION is 30d');
    expect(code).toBe(3);
    expect(await rig.totals()).toEqual({ new: '1' });
    const dry = await rig.run('replay', ['--since', '1h', '--dry-run']);
    expect(countsIn(dry.output)).toMatchObject({ 'would apply': 0, refused: 1 });
    // A longer memory vouches for it; a shorter one afterwards still finds it in the ledger.
    await rig.run('replay', ['--since', '1h'], { LEDGER_RETENTION: '60d' });
    expect(await rig.totals()).toEqual({ new: '1', old: '1' });
    const after = await rig.run('replay', ['--since', '1h']);
    expect(countsIn(after.output)).toEqual({ ...NO_COUNTS, 'already known': 2 });
  });

  test('unreadable requests and those that Postgres refuses are told, and stop nobody', async () => {
    await using rig = await openRig();
    await rig.publish([change('a')]);
    await rig.client.publish(`popple.request.change-karma.${GUILD}`, 'not json \u001b[31m');
    await rig.sql`INSERT INTO karma VALUES (${GUILD}, 'rich', 'rich', 9223372036854775807)`;
    await rig.publish([change('rich'), change('b')]);
    const { output, code } = await rig.run('replay', ['--since', '1h']);
    expect(countsIn(output)).toEqual({ ...NO_COUNTS, applied: 2, refused: 1, unreadable: 1 });
    expect(output).toContain('unreadable: message 2 of POPPLE_REQUESTS: not-json');
    expect(output).toMatch(/refused: message 3 of POPPLE_REQUESTS: .*out of range/);
    expect(output).not.toContain('\u001b');
    expect(code).toBe(3);
    expect(await rig.totals()).toEqual({ a: '1', b: '1', rich: '9223372036854775807' });
    expect(await rig.messages('dead')).toBe(0);
  });

  test('the note says when the stream no longer reaches back that far', async () => {
    await using rig = await openRig();
    await rig.publish(many(10));
    await rig.manager.streams.purge('POPPLE_REQUESTS', { seq: 4 });
    const { errors, output } = await rig.run('replay', ['--since', '7d']);
    expect(errors).toContain('the stream begins at');
    expect(countsIn(output)).toMatchObject({ applied: 7 });
  });
});

describe('bun run replay, used wrongly', () => {
  test.each([
    [[], 2, '--since is missing'],
    [['--since', 'yesterday'], 2, '--since is "yesterday"'],
    [['--since', '1h', '--until', '2h'], 2, '--until (2h) is not after --since (1h)'],
    [['--since', '1h', '--guild', 'x'], 2, '--guild is "x"'],
    [['--since', '1h', '--follow'], 2, "Unknown option '--follow'"],
    [['--since', '1h'], 1, 'NATS_URL (or NATS_URL_FILE'],
  ])('%p', async (args, code, message) => {
    const result = await startTool('replay', args, {}).ended;
    expect(result).toMatchObject({ code, output: '' });
    expect(result.errors).toContain(message);
  });

  test('--help says how it is used', async () => {
    const result = await startTool('replay', ['--help'], {}).ended;
    expect(result).toMatchObject({ code: 0, errors: '' });
    expect(result.output).toContain('Usage: bun run replay --since <when>');
    expect(result.output).toContain('LEDGER_RETENTION (default 30d)');
  });

  test('a NATS without the stream, and a Postgres that is not there, are named', async () => {
    await using rig = await openRig();
    await rig.manager.streams.delete('POPPLE_REQUESTS');
    const noStream = await rig.run('replay', ['--since', '1h']);
    expect(noStream.code).toBe(1);
    expect(noStream.errors).toContain('no stream POPPLE_REQUESTS');
    const noPostgres = await rig.run('replay', ['--since', '1h'], {
      DATABASE_URL: 'postgres://someone:secret@127.0.0.1:1/popple',
    });
    expect(noPostgres.code).toBe(1);
    expect(noPostgres.errors).toContain('Postgres at 127.0.0.1:1/popple cannot be used');
    expect(noPostgres.errors).not.toContain('secret');
  });
});
