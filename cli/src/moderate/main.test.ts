import { afterEach, beforeEach, expect, test } from 'bun:test';
import { requestSchema } from '@popple/shared/contract/kinds';
import { STREAMS } from '@popple/shared/messaging/topology';
import { change, GUILD } from '@popple/svc/testing/requests';
import { openRig, type Rig } from '../testing/rig';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const moderate = (...words: string[]) => rig.run('moderate', [GUILD, ...words]);
const done = (output: string) => ({ code: 0, output: `${output}\n`, errors: '' });

test('each thing a moderator does is done, said, and in the log', async () => {
  await rig.startSvc();
  await rig.publish([change('alcie', 3), change('alice', 5), change('rude', 2)]);
  await rig.drained();
  expect(await moderate('log')).toEqual(done('Moderators have done nothing in this server.'));
  expect(await moderate('adjust', 'ALICE', '-2', 'counted', 'twice')).toEqual(done('alice has 3 karma'));
  expect(await moderate('merge', 'Alcie', 'alice', 'a typo')).toEqual(
    done('alice has 6 karma, of which alcie had 3'),
  );
  expect(await moderate('merge', 'alcie', 'alice')).toEqual(
    done('nobody has changed alcie; nothing was done'),
  );
  expect(await moderate('remove', 'rude')).toEqual(done('rude is gone, with 2 karma'));
  expect(await moderate('remove', 'rude')).toEqual(done('nobody has changed rude; nothing was done'));
  expect(await moderate('block', '300', 'spam')).toEqual(done('nothing that 300 gives or receives counts'));
  expect(await moderate('unblock', '300')).toEqual(done('what 300 gives and receives counts'));
  expect(await rig.totals()).toEqual({ alice: '6' });

  const { output } = await moderate('log');
  const rows = output.split('\n').map((line) => line.split(/ {2,}/).slice(2));
  expect(rows).toEqual([
    ['ON', 'DID', 'REASON'],
    ['<@300>', 'unblock'],
    ['<@300>', 'block', 'spam'],
    ['rude', 'remove'],
    ['rude', 'remove (2 karma)'],
    ['alcie', 'merge into alice'],
    ['alcie', 'merge into alice (3 karma)', 'a typo'],
    ['alice', 'adjust -2 (3 karma)', 'counted twice'],
    [],
  ]);
  const { entries } = JSON.parse((await moderate('log', '--limit', '2', '--json')).output);
  expect(entries).toMatchObject([
    { kind: 'unblock', operator: expect.stringContaining('@') },
    { kind: 'block', reason: 'spam' },
  ]);
  // Nobody else's.
  expect((await rig.run('moderate', ['8', 'log', '--json'])).output).toContain('"entries":[]');
}, 90_000);

test('what a message changed is undone, and what a member changed since a time', async () => {
  await rig.startSvc();
  const [first, ...more] = [change('x', 5), change('x', 3), change('y', 2)];
  await rig.publish([first, ...more]);
  await rig.drained();
  expect(await moderate('undo', first.id, 'rude')).toEqual(done('x has 3 karma'));
  expect(await moderate('undo', first.id)).toEqual(done('that was undone before; nothing was done'));
  expect(await moderate('undo', '1')).toEqual(done('no member changed anything by that; nothing was done'));
  expect(await moderate('undo-all', '8', '1h', 'a spree')).toEqual(done('2 undone'));
  expect(await moderate('undo-all', '8', '1h')).toEqual(done('0 undone'));
  expect(await rig.totals()).toEqual({ x: '0', y: '0' });
  const { output } = await moderate('log');
  expect(output).toMatch(/<@8> +undo-all since 20\S+Z \(2 undone\) +a spree\n/);
  expect(output).toMatch(new RegExp(`<@8> +undo-request ${first.id} \\(1 undone\\) +rude\n`));
}, 60_000);

test('what is asked is a request of the operator, once each time it is asked', async () => {
  await rig.startSvc();
  const [one, other] = [
    JSON.parse((await moderate('adjust', 'x', '2', 'y', '--json')).output),
    JSON.parse((await moderate('adjust', 'x', '2', 'y', '--json')).output),
  ];
  expect(one).toMatchObject({ isApplied: true, event: { kind: 'adjusted', total: { karma: '2' } } });
  expect(other).toMatchObject({ isApplied: true, event: { kind: 'adjusted', total: { karma: '4' } } });
  const stored = await rig.manager.streams.getMessage(STREAMS.requests, { seq: 1 });
  expect(requestSchema.parse(stored.json())).toMatchObject({
    id: one.requestId,
    kind: 'adjust',
    amount: 2,
    reason: 'y',
    origin: { kind: 'operator', who: expect.stringContaining('@') },
  });
});

test('without svc it is stored, and applied when svc comes; the log says what is missing', async () => {
  const stored = await moderate('adjust', 'x', '5', 'y');
  expect(stored).toMatchObject({ code: 3, output: '' });
  expect(stored.errors).toContain('Does svc run?');
  const log = await moderate('log');
  expect(log.code).toBe(1);
  expect(log.errors).toContain('no svc runs');
  await rig.startSvc();
  await rig.drained();
  expect(await rig.totals()).toEqual({ x: '5' });
}, 60_000);

test('a wrong command line changes nothing, and says what is right', async () => {
  const wrong = await moderate('adjust', 'x', 'much', 'y');
  expect(wrong).toMatchObject({ code: 2, output: '' });
  expect(wrong.errors).toContain('"much" is no amount');
  expect(await rig.messages('requests')).toBe(0);
});
