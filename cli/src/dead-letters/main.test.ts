import { describe, expect, test } from 'bun:test';
import { STREAMS } from '@popple/shared/messaging/topology';
import { change } from '@popple/svc/testing/requests';
import { openRig } from '../testing/rig';
import { startTool } from '../testing/tool-process';
import { deadLetter, deadLetterRequest, SUBJECT, tableRows } from './testing/dead-letter';

describe('dead list and show', () => {
  test('what svc dead-lettered is listed, by reason when asked, and shown', async () => {
    await using rig = await openRig();
    const svc = await rig.startSvc();
    await rig.client.publish(SUBJECT, 'not json');
    await rig.client.publish(SUBJECT, JSON.stringify({ ...change('a'), v: 0 }), { msgID: '77' });
    await rig.drained();
    await svc.stop();

    const all = await rig.run('dead-letters', ['list']);
    expect(all).toMatchObject({ code: 0, errors: '' });
    expect(all.output).toMatch(/^n +when +reason +origin +subject +deliveries +detail\n/);
    expect(tableRows(all.output)).toEqual([
      expect.stringMatching(
        /^1 .* not-json +request +popple\.request\.change-karma\.100 +1 +JSON Parse error/,
      ),
      expect.stringMatching(/^2 .* unknown-version +request .* version 0, this process knows 2$/),
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
    expect(shown.output).toContain('\n\n{\n  "v": 0,\n  "id": ');
    expect(shown.output).toContain('  ]\n}\n\ndead letter 1: request, not-json, ');
    expect(shown.output).toEndWith('\n\nnot json\n');
  });

  test('more letters than fit into one fetch, or into a pipe, are all listed, in order', async () => {
    await using rig = await openRig();
    const count = 1_300;
    await Promise.all(
      Array.from({ length: count }, () =>
        deadLetter(rig, 'x', { 'Popple-Detail': 'y'.repeat(200) }, 'not-json'),
      ),
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

describe('dead drop', () => {
  test('deletes for good, and only when that is sure', async () => {
    await using rig = await openRig();
    for (const name of ['a', 'b', 'c']) await deadLetterRequest(rig, change(name));
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
    await deadLetterRequest(rig);
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

  test('a NATS that is not there is waited for, but not indefinitely', async () => {
    const { code, errors } = await startTool('dead-letters', ['list'], { NATS_URL: 'nats://127.0.0.1:1' })
      .ended;
    expect(code).toBe(1);
    expect(errors).toContain('cannot reach NATS at nats://127.0.0.1:1');
    expect(errors).toContain('NATS at 127.0.0.1:1 was not reached within 10 s');
  });
});
