import { describe, expect, test } from 'bun:test';
import { messageEnvelope, messageId } from '@popple/shared/contract/testing/envelope';
import { STREAMS } from '@popple/shared/messaging/topology';
import { change, GUILD } from '@popple/svc/testing/requests';
import { nanos } from 'nats';
import { openRig, type Rig } from '../testing/rig';
import { deadLetter, deadLetterRequest, SUBJECT, tableRows } from './testing/dead-letter';

const DAY_MS = 86_400_000;

/** Lets the streams forget ids soon, as if two minutes had passed. */
async function shortenMemory(rig: Rig, ms: number): Promise<void> {
  await rig.manager.streams.update(STREAMS.requests, { duplicate_window: nanos(ms) });
}

describe('dead redrive', () => {
  test('gives a letter back to its stream under its own id: svc applies and answers it, and it is gone', async () => {
    await using rig = await openRig();
    const request = change('alice');
    const number = await deadLetterRequest(rig, request);
    const { code, output } = await rig.run('dead-letters', ['redrive', number]);
    expect(code).toBe(0);
    expect(output).toBe(`Redrove ${number} to ${SUBJECT}, as message 1.\n`);
    expect(await rig.messages('dead')).toBe(0);
    const stored = await rig.manager.streams.getMessage(STREAMS.requests, { seq: 1 });
    expect(stored.header.get('Nats-Msg-Id')).toBe(request.id);
    expect(stored.json<unknown>()).toEqual(request);
    await rig.startSvc();
    await rig.drained();
    expect(await rig.totals()).toEqual({ alice: '1' });
    expect(await rig.messages('events')).toBe(1);
  });

  test('a request that was counted before does not count again', async () => {
    await using rig = await openRig();
    const request = change('alice');
    await rig.publish([request]);
    await rig.startSvc();
    await rig.drained();
    await shortenMemory(rig, 100);
    const number = await deadLetterRequest(rig, request);
    expect((await rig.run('dead-letters', ['redrive', number])).code).toBe(0);
    await rig.drained();
    expect(await rig.messages('requests')).toBe(2);
    expect(await rig.totals()).toEqual({ alice: '1' });
  });

  test('a letter whose payload still cannot be read comes back as a letter', async () => {
    await using rig = await openRig();
    await rig.startSvc();
    await rig.client.publish(SUBJECT, JSON.stringify({ ...change('a'), v: 0 }));
    await rig.drained();
    expect((await rig.run('dead-letters', ['redrive', '--all'])).code).toBe(0);
    await rig.drained();
    const { output } = await rig.run('dead-letters', ['list']);
    expect(tableRows(output)).toEqual([expect.stringMatching(/^2 .* unknown-version/)]);
  });

  test('--all redrives every letter there is, or those of one reason', async () => {
    await using rig = await openRig();
    for (const name of ['a', 'b', 'c']) await deadLetterRequest(rig, change(name));
    const odd = await deadLetter(
      rig,
      JSON.stringify(change('d')),
      { 'Popple-Subject': SUBJECT },
      'wrong-subject',
    );
    const some = await rig.run('dead-letters', ['redrive', '--all', '--reason', 'unknown-version']);
    expect(some.code).toBe(0);
    expect(await rig.messages('dead')).toBe(1);
    expect((await rig.run('dead-letters', ['list'])).output).toContain(`\n${odd} `);
    await rig.run('dead-letters', ['redrive', '--all']);
    expect(await rig.messages('dead')).toBe(0);
    await rig.startSvc();
    await rig.drained();
    expect(await rig.totals()).toEqual({ a: '1', b: '1', c: '1', d: '1' });
    const none = await rig.run('dead-letters', ['redrive', '--all']);
    expect(none).toMatchObject({ code: 0, errors: 'There are no dead letters.\n' });
  });

  test('an event goes back to the events', async () => {
    await using rig = await openRig();
    const event = {
      ...messageEnvelope({ guildId: GUILD }),
      kind: 'setting-changed',
      key: 'announce',
      value: true,
      ofALaterRelease: { kept: true },
    };
    const subject = `popple.event.setting-changed.${GUILD}`;
    await deadLetter(rig, JSON.stringify(event), { 'Popple-Subject': subject }, 'refused-by-discord');
    expect((await rig.run('dead-letters', ['redrive', '1'])).code).toBe(0);
    const stored = await rig.manager.streams.getMessage(STREAMS.events, { last_by_subj: subject });
    expect(stored.json<unknown>()).toEqual(event);
    expect(stored.header.get('Nats-Msg-Id')).toBe(event.id);
  });

  test('within the duplicate window nothing is lost: it waits, or with --no-wait keeps the letter', async () => {
    await using rig = await openRig();
    const request = { ...change('alice'), v: 0 };
    const svc = await rig.startSvc();
    await rig.client.publish(SUBJECT, JSON.stringify(request), { msgID: request.id });
    await rig.drained();
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
    await deadLetterRequest(rig, request);
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
    await deadLetterRequest(rig, request);
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
    await rig.drained();
    expect(await rig.totals()).toEqual({ alice: '1' });
  });

  test('two at once redrive a letter once', async () => {
    await using rig = await openRig();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
      await deadLetter(rig, JSON.stringify(change(name)), {
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
    await deadLetterRequest(rig);
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
    await deadLetterRequest(rig, change('old', 1, { id: messageId(29 * DAY_MS) }));
    await deadLetterRequest(rig, change('young', 1, { id: messageId(28 * DAY_MS) }));
    await deadLetter(rig, 'not json', { 'Popple-Subject': SUBJECT });
    await deadLetter(rig, JSON.stringify(change('nowhere')), {});
    const { code, output } = await rig.run('dead-letters', ['redrive', '--all']);
    expect(code).toBe(3);
    expect(output).toMatch(/Kept 1: its request was made .*ledger remembers what was applied for 30d only/);
    expect(output).toContain('Redrove 2');
    expect(output).toContain('Kept 3: neither its payload nor its headers (Popple-Id) hold an id');
    expect(output).toContain('Kept 4: its headers do not say where it came from');
    expect(await rig.messages('dead')).toBe(3);
    expect(await rig.messages('requests')).toBe(1);
    // With a longer memory it is allowed.
    expect((await rig.run('dead-letters', ['redrive', '1'], { LEDGER_RETENTION: '60d' })).code).toBe(0);
  });
});
