import { afterEach, beforeEach, expect, test } from 'bun:test';
import { requestSchema } from '@popple/shared/contract/kinds';
import type { Request } from '@popple/shared/contract/request';
import { STREAMS } from '@popple/shared/messaging/topology';
import { openRig, type Rig } from '../testing/rig';

const GUILD = '7';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(async () => {
  await rig[Symbol.asyncDispose]();
});

const settings = (...words: string[]) => rig.run('settings', [GUILD, ...words]);

async function json(...words: string[]) {
  const { output, ...rest } = await settings(...words, '--json');
  return { ...rest, answer: JSON.parse(output) };
}

async function lastRequest(): Promise<Request> {
  const { seq } = await rig.manager.streams
    .info(STREAMS.requests)
    .then(({ state }) => ({ seq: state.last_seq }));
  return requestSchema.parse((await rig.manager.streams.getMessage(STREAMS.requests, { seq })).json());
}

test('a server has the defaults until somebody chooses, and again after the choice is taken back', async () => {
  await rig.startSvc();
  const announce = { key: 'announce', value: true, isDefault: true };
  expect((await json()).answer).toMatchObject({
    guildId: GUILD,
    settings: expect.arrayContaining([expect.objectContaining(announce)]),
  });

  const set = await settings('set', 'announce', 'off');
  expect(set).toEqual({ code: 0, output: `announce of server ${GUILD} is off\n`, errors: '' });
  expect(await lastRequest()).toMatchObject({
    kind: 'change-setting',
    key: 'announce',
    value: false,
    origin: { kind: 'operator', who: expect.stringContaining('@') },
  });
  const { settings: chosen } = (await json('list')).answer;
  expect(chosen).toContainEqual({
    key: 'announce',
    value: false,
    isDefault: false,
    chosenAt: expect.any(String),
  });
  expect((await settings('list')).output).toMatch(/^announce +off +20\d\d-\S+ +whether/m);

  const unset = await json('unset', 'announce');
  expect(unset).toMatchObject({ code: 0, answer: { key: 'announce', value: null, isApplied: true } });
  expect((await json()).answer).toMatchObject({
    settings: expect.arrayContaining([expect.objectContaining(announce)]),
  });
  expect((await settings()).output).toMatch(/^announce +on +\(default\) /m);
  // Nobody else's.
  expect((await rig.run('settings', ['8', 'list', '--json'])).output).toContain('"isDefault":true');
});

test('without svc a choice is stored, and applied when svc comes; the list says what is missing', async () => {
  const stored = await json('set', 'announce', 'off');
  expect(stored).toMatchObject({ code: 3, answer: { isApplied: false } });
  expect(stored.errors).toContain('Does svc run?');
  expect(await rig.messages('requests')).toBe(1);
  const list = await settings('list');
  expect(list.code).toBe(1);
  expect(list.errors).toContain('no svc runs');

  await rig.startSvc();
  await rig.drained();
  expect((await json()).answer.settings).toContainEqual(
    expect.objectContaining({ key: 'announce', value: false }),
  );
}, 60_000);

test('a wrong command line changes nothing, and says what is right', async () => {
  const wrong = await settings('set', 'announce', 'maybe');
  expect(wrong).toMatchObject({ code: 2, output: '' });
  expect(wrong.errors).toContain('it is on or off');
  expect(await rig.messages('requests')).toBe(0);
  const help = await rig.run('settings', ['--help']);
  expect(help.code).toBe(0);
  expect(help.output).toContain(
    'announce            whether the bot replies when karma changes: on or off (default: on)',
  );
});

test('rules have the defaults of the preset that a server has chosen, or else of RULES_PRESET', async () => {
  await rig.startSvc();
  const quota = async (preset: string) => {
    const { output } = await rig.run('settings', [GUILD, '--json'], { RULES_PRESET: preset });
    return JSON.parse(output).settings.find(({ key }: { key: string }) => key === 'quota')?.value;
  };
  expect(await quota('default')).toBe(50);
  expect(await quota('relaxed')).toBe(0);
  await settings('set', 'preset', 'strict');
  expect(await quota('relaxed')).toBe(10);
  await settings('set', 'quota', '20');
  expect(await quota('relaxed')).toBe(20);
});
