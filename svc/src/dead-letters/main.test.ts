import { describe, expect, test } from 'bun:test';
import { STREAMS } from '@popple/shared/messaging/topology';
import { headers, nanos } from 'nats';
import { change, GUILD, messageId } from '../operator/testing/requests';
import { openRig, type Rig } from '../operator/testing/rig';
import { startTool } from '../operator/testing/tool-process';

const SUBJECT = `popple.request.change-karma.${GUILD}`;
const DAY_MS = 86_400_000;

/** Lets the streams forget ids soon, as if two minutes had passed. */
async function shortenMemory(rig: Rig, ms: number): Promise<void> {
  await rig.manager.streams.update(STREAMS.requests, { duplicate_window: nanos(ms) });
}

/** A letter as svc or bot writes it, of a message that its stream has forgotten. */
async function bury(rig: Rig, payload: string, about: Record<string, string>, reason = 'unknown-version') {
  const all = headers();
  for (const [name, value] of Object.entries(about)) all.set(name, value);
  const { seq } = await rig.client.publish(`popple.dead.request.${reason}`, payload, { headers: all });
  return String(seq);
}

/** Buries a request that svc can read (now). */
async function buryRequest(rig: Rig, request = change('alice')): Promise<string> {
  return bury(rig, JSON.stringify(request), {
    'Popple-Subject': SUBJECT,
    'Popple-Stream': STREAMS.requests,
    'Popple-Sequence': '1',
    'Popple-Id': request.id,
  });
}

const tableRows = (output: string) => output.trimEnd().split('\n').slice(1);

describe('dead list and show', () => {
  test('what svc put aside is listed, by reason when asked, and shown', async () => {
    await using rig = await openRig();
    const svc = await rig.startSvc();
    await rig.client.publish(SUBJECT, 'not json');
    await rig.client.publish(SUBJECT, JSON.stringify({ ...change('a'), v: 99 }), { msgID: '77' });
    await rig.settled();
    await svc.stop();

    const all = await rig.run('dead-letters', ['list']);
    expect(all).toMatchObject({ code: 0, errors: '' });
    expect(all.output).toMatch(/^n +when +reason +origin +subject +deliveries +detail\n/);
    expect(tableRows(all.output)).toEqual([
      expect.stringMatching(
        /^1 .* not-json +request +popple\.request\.change-karma\.100 +1 +JSON Parse error/,
      ),
      expect.stringMatching(/^2 .* unknown-version +request .* version 99, this process knows 1$/),
    ]);
    const one = await rig.run('dead-letters', ['list', '--reason', 'unknown-version']);
    expect(tableRows(one.output)).toEqual([expect.stringMatching(/^2 /)]);
    const none = await rig.run('dead-letters', ['list', '--reason', 'refused-by-discord']);
    expect(none).toMatchObject({ code: 0, output: '' });
    expect(none.errors).toContain('there are: not-json (1), unknown-version (1).');

    const shown = await rig.run('dead-letters', ['show', '2', '1']);
    expect(shown.code).toBe(0);
    expect(shown.output).toContain('Popple-Id: 77');
    expect(shown.output).toContain('Popple-Sequence: 2');
    expect(shown.output).toContain('\n\n{\n  "v": 99,\n  "id": ');
    expect(shown.output).toContain('  ]\n}\n\ndead letter 1: request, not-json, ');
    expect(shown.output).toEndWith('\n\nnot json\n');
  });

  test('more letters than fit into one fetch, or into a pipe, are all listed, in order', async () => {
    await using rig = await openRig();
    const count = 1_300;
    await Promise.all(
      Array.from({ length: count }, () => bury(rig, 'x', { 'Popple-Detail': 'y'.repeat(200) }, 'not-json')),
    );
    const { output } = await rig.run('dead-letters', ['list']);
    expect(tableRows(output).map((row) => Number.parseInt(row, 10))).toEqual(
      Array.from({ length: count }, (_, index) => index + 1),
    );
  });

  test('none is said, and a number that is not there is an error', async () => {
    await using rig = await openRig();
    expect(await rig.run('dead-letters', ['list'])).toEqual({
      code: 0,
      output: '',
      errors: 'There are no dead letters.\n',
    });
    for (const command of [
      ['show', '7'],
      ['drop', '7', '--yes'],
    ]) {
      const { code, errors } = await rig.run('dead-letters', command);
      expect(code).toBe(1);
      expect(errors).toContain('there is no dead letter 7');
    }
    expect((await rig.run('dead-letters', ['redrive', '7'])).code).toBe(3);
  });
});

describe('dead redrive', () => {
  test('gives a letter back to its stream under its own id: svc applies and answers it, and it is gone', async () => {
    await using rig = await openRig();
    const request = change('alice');
    const number = await buryRequest(rig, request);
    const { code, output } = await rig.run('dead-letters', ['redrive', number]);
    expect(code).toBe(0);
    expect(output).toBe(`Redrove ${number} to ${SUBJECT}, as message 1.\n`);
    expect(await rig.messages('dead')).toBe(0);
    const stored = await rig.manager.streams.getMessage(STREAMS.requests, { seq: 1 });
    expect(stored.header.get('Nats-Msg-Id')).toBe(request.id);
    expect(stored.json<unknown>()).toEqual(request);
    await rig.startSvc();
    await rig.settled();
    expect(await rig.totals()).toEqual({ alice: '1' });
    expect(await rig.messages('events')).toBe(1);
  });

  test('a request that was counted before does not count again', async () => {
    await using rig = await openRig();
    const request = change('alice');
    await rig.publish([request]);
    await rig.startSvc();
    await rig.settled();
    await shortenMemory(rig, 100);
    const number = await buryRequest(rig, request);
    expect((await rig.run('dead-letters', ['redrive', number])).code).toBe(0);
    await rig.settled();
    expect(await rig.messages('requests')).toBe(2);
    expect(await rig.totals()).toEqual({ alice: '1' });
  });

  test('a letter whose payload still cannot be read comes back as a letter', async () => {
    await using rig = await openRig();
    await rig.startSvc();
    await rig.client.publish(SUBJECT, JSON.stringify({ ...change('a'), v: 99 }));
    await rig.settled();
    expect((await rig.run('dead-letters', ['redrive', '--all'])).code).toBe(0);
    await rig.settled();
    const { output } = await rig.run('dead-letters', ['list']);
    expect(tableRows(output)).toEqual([expect.stringMatching(/^2 .* unknown-version/)]);
  });

  test('--all redrives every letter there is, or those of one reason', async () => {
    await using rig = await openRig();
    for (const name of ['a', 'b', 'c']) await buryRequest(rig, change(name));
    const odd = await bury(rig, JSON.stringify(change('d')), { 'Popple-Subject': SUBJECT }, 'wrong-subject');
    const some = await rig.run('dead-letters', ['redrive', '--all', '--reason', 'unknown-version']);
    expect(some.code).toBe(0);
    expect(await rig.messages('dead')).toBe(1);
    expect((await rig.run('dead-letters', ['list'])).output).toContain(`\n${odd} `);
    await rig.run('dead-letters', ['redrive', '--all']);
    expect(await rig.messages('dead')).toBe(0);
    await rig.startSvc();
    await rig.settled();
    expect(await rig.totals()).toEqual({ a: '1', b: '1', c: '1', d: '1' });
    const none = await rig.run('dead-letters', ['redrive', '--all']);
    expect(none).toMatchObject({ code: 0, errors: 'There are no dead letters.\n' });
  });

  test('an event goes back to the events', async () => {
    await using rig = await openRig();
    const event = {
      v: 1,
      id: messageId(),
      guildId: GUILD,
      channelId: '7',
      kind: 'announce-changed',
      announce: true,
    };
    const subject = `popple.event.announce-changed.${GUILD}`;
    await bury(rig, JSON.stringify(event), { 'Popple-Subject': subject }, 'refused-by-discord');
    expect((await rig.run('dead-letters', ['redrive', '1'])).code).toBe(0);
    const stored = await rig.manager.streams.getMessage(STREAMS.events, { last_by_subj: subject });
    expect(stored.json<unknown>()).toEqual(event);
    expect(stored.header.get('Nats-Msg-Id')).toBe(event.id);
  });

  test('within the duplicate window nothing is lost: it waits, or with --no-wait keeps the letter', async () => {
    await using rig = await openRig();
    const request = { ...change('alice'), v: 99 };
    const svc = await rig.startSvc();
    await rig.client.publish(SUBJECT, JSON.stringify(request), { msgID: request.id });
    await rig.settled();
    await svc.stop();
    const kept = await rig.run('dead-letters', ['redrive', '1', '--no-wait']);
    expect(kept.code).toBe(3);
    expect(kept.errors).toContain('Kept 1: POPPLE_REQUESTS remembers the id of its original for 2m');
    expect(await rig.messages('dead')).toBe(1);
    expect(await rig.messages('requests')).toBe(1);

    const waiting = rig.start('dead-letters', ['redrive', '--all']);
    await waiting.said('1 waits: POPPLE_REQUESTS');
    expect(await rig.messages('dead')).toBe(1);
    // NATS reads a new window when it starts.
    await shortenMemory(rig, 500);
    await rig.nats.restart();
    const result = await waiting.ended;
    expect(result.output).toContain('Redrove 1');
    expect(result.code).toBe(0);
    expect(await rig.messages('dead')).toBe(0);
    expect(await rig.messages('requests')).toBe(2);
  });

  test('Ctrl-C while it waits keeps the letter', async () => {
    await using rig = await openRig();
    const request = change('alice');
    await rig.publish([request]);
    await buryRequest(rig, request);
    const waiting = rig.start('dead-letters', ['redrive', '1']);
    await waiting.said('Ctrl-C keeps the letter');
    waiting.kill('SIGINT');
    expect((await waiting.ended).code).toBe(130);
    expect(await rig.messages('dead')).toBe(1);
  });

  test('killed between redriving and deleting, the next finds the copy and deletes the letter', async () => {
    await using rig = await openRig();
    const request = change('alice');
    // The original has left the stream's memory; its number is 1.
    await shortenMemory(rig, 100);
    await rig.publish([request]);
    await Bun.sleep(300);
    await buryRequest(rig, request);
    await shortenMemory(rig, 120_000);
    // What the one that was killed had published.
    await rig.publish([request]);
    expect(await rig.messages('requests')).toBe(2);
    const { code, output } = await rig.run('dead-letters', ['redrive', '1']);
    expect(code).toBe(0);
    expect(output).toContain('1 had been redriven');
    expect(await rig.messages('dead')).toBe(0);
    expect(await rig.messages('requests')).toBe(2);
    await rig.startSvc();
    await rig.settled();
    expect(await rig.totals()).toEqual({ alice: '1' });
  });

  test('two at once redrive a letter once', async () => {
    await using rig = await openRig();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await bury(rig, JSON.stringify(change(name)), {
        'Popple-Subject': SUBJECT,
        'Popple-Stream': STREAMS.requests,
        'Popple-Sequence': '0',
      });
    }
    const both = [1, 2].map(() => rig.run('dead-letters', ['redrive', '--all']));
    await Promise.all(both);
    expect(await rig.messages('requests')).toBe(6);
    expect(await rig.messages('dead')).toBe(0);
  });

  test('a full stream keeps the letter', async () => {
    await using rig = await openRig();
    await buryRequest(rig);
    await rig.manager.streams.update(STREAMS.requests, { max_bytes: 10 });
    const { code, errors } = await rig.run('dead-letters', ['redrive', '1']);
    expect(code).toBe(1);
    expect(errors).toBe(
      'Kept 1 and what comes after it, because NATS does not take it: maximum bytes exceeded.\n',
    );
    expect(await rig.messages('dead')).toBe(1);
  });

  test('what could count twice, or has no id or subject, is refused with the reason', async () => {
    await using rig = await openRig();
    // The stream keeps requests for a day: 29 days and that day are more than 30 less the hour to spare.
    await buryRequest(rig, change('old', 1, { id: messageId(29 * DAY_MS) }));
    await buryRequest(rig, change('young', 1, { id: messageId(28 * DAY_MS) }));
    await bury(rig, 'not json', { 'Popple-Subject': SUBJECT });
    await bury(rig, JSON.stringify(change('nowhere')), {});
    const { code, output } = await rig.run('dead-letters', ['redrive', '--all']);
    expect(code).toBe(3);
    expect(output).toMatch(
      /Kept 1: its message was written .*ledger remembers what was applied for 30d only/,
    );
    expect(output).toContain('Redrove 2');
    expect(output).toContain('Kept 3: neither its payload nor its headers (Popple-Id) hold an id');
    expect(output).toContain('Kept 4: its headers do not say where it came from');
    expect(await rig.messages('dead')).toBe(3);
    expect(await rig.messages('requests')).toBe(1);
    // With a longer memory it is allowed.
    expect((await rig.run('dead-letters', ['redrive', '1'], { LEDGER_RETENTION: '60d' })).code).toBe(0);
  });
});

describe('dead drop', () => {
  test('deletes for good, and only when that is sure', async () => {
    await using rig = await openRig();
    for (const name of ['a', 'b', 'c']) await buryRequest(rig, change(name));
    const unsure = await rig.run('dead-letters', ['drop', '1']);
    expect(unsure.code).toBe(2);
    expect(unsure.errors).toContain('say --yes');
    expect(await rig.messages('dead')).toBe(3);
    const { code, output } = await rig.run('dead-letters', ['drop', '1', '3', '--yes']);
    expect(code).toBe(0);
    expect(output).toContain(`Dropped dead letter 1 (unknown-version, from ${SUBJECT}).`);
    expect((await rig.run('dead-letters', ['list'])).output).toMatch(/\n2 /);
    expect(await rig.messages('dead')).toBe(1);
    expect(await rig.messages('requests')).toBe(0);
  });

  test.each([
    ['y\r', 0, 0],
    ['n\r', 3, 1],
    ['\r', 3, 1],
    ['\u0004', 3, 1],
    ['\u0003', 130, 1],
  ])('at a terminal it asks; %p', async (answer, code, left) => {
    await using rig = await openRig();
    await buryRequest(rig);
    let shown = '';
    const child = Bun.spawn([process.execPath, `${import.meta.dir}/main.ts`, 'drop', '1'], {
      env: { PATH: process.env.PATH, TERM: 'xterm', NATS_URL: rig.nats.url },
      cwd: '/',
      terminal: {
        data: (terminal, chunk) => {
          const asked = shown.includes('[y/N]');
          shown += chunk.toString();
          if (!asked && shown.includes('[y/N]')) terminal.write(answer);
        },
      },
    });
    expect(await child.exited).toBe(code);
    expect(shown).toContain('It cannot be brought back.');
    expect(await rig.messages('dead')).toBe(left);
  });
});

describe('used wrongly', () => {
  test('the command line, the environment and the stream are named', async () => {
    expect(await startTool('dead-letters', ['lsit'], {}).ended).toMatchObject({
      code: 2,
      errors: expect.stringContaining('"lsit" is none of'),
    });
    expect(await startTool('dead-letters', ['list'], {}).ended).toMatchObject({
      code: 1,
      errors: expect.stringContaining('NATS_URL'),
    });
    await using rig = await openRig();
    await rig.manager.streams.delete(STREAMS.dead);
    for (const command of [['list'], ['show', '1']]) {
      expect(await rig.run('dead-letters', command)).toMatchObject({
        code: 1,
        errors: expect.stringContaining('no stream POPPLE_DEAD'),
      });
    }
  });

  test('a NATS that is not there is waited for, but not for ever', async () => {
    const { code, errors } = await startTool('dead-letters', ['list'], { NATS_URL: 'nats://127.0.0.1:1' })
      .ended;
    expect(code).toBe(1);
    expect(errors).toContain('cannot reach NATS at nats://127.0.0.1:1');
    expect(errors).toContain('NATS was not reached within 10 s');
  });
});
