import { describe, expect, test } from 'bun:test';
import { STREAMS } from '@popple/shared/messaging/topology';
import { OperatorError } from '@popple/shared/process/operator-error';
import { type Consumers, type JsMsg, StorageType } from 'nats';
import { terminalLog } from '../terminal/terminal-log';
import { openRig, type Rig } from '../testing/rig';
import { type Reading, readStream, type StreamRange, storedAtMs } from './read-stream';

const COUNT = 1_200;
const SUBJECT = 'popple.request.x.100';

async function fill(rig: Rig, count = COUNT, subject = SUBJECT): Promise<void> {
  await Promise.all(
    Array.from({ length: count }, (_, index) => rig.client.publish(subject, `payload ${index}`)),
  );
}

function read(rig: Rig, range: Partial<StreamRange> = {}, signal = new AbortController().signal) {
  const said: string[] = [];
  const access = {
    client: rig.client,
    manager: rig.manager,
    signal,
    log: terminalLog((line) => said.push(line)),
  };
  const reading = readStream(access, {
    stream: STREAMS.requests,
    filterSubject: 'popple.request.>',
    ...range,
  });
  return { said, reading };
}

/** Reads everything, doing something after the first batch. */
async function sequences(
  reading: Reading,
  afterFirst: () => Promise<unknown> = async () => {},
): Promise<number[]> {
  const all: JsMsg[] = [];
  for await (const batch of reading.batches()) {
    if (all.length === 0) await afterFirst();
    all.push(...batch);
  }
  return all.map(({ seq }) => seq);
}

const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

async function consumerNames(rig: Rig): Promise<string[]> {
  return (await rig.manager.consumers.list(STREAMS.requests).next()).map(({ name }) => name);
}

/** Takes messages that were meant for the reader, as a connection that breaks does. */
async function lose(rig: Rig, count: number): Promise<void> {
  const [name = ''] = await consumerNames(rig);
  const consumer = await rig.client.consumers.get(STREAMS.requests, name);
  let lost = 0;
  for await (const _ of await consumer.fetch({ max_messages: count, expires: 5_000 })) lost += 1;
  expect(lost).toBe(count);
}

describe('reading a stream', () => {
  test('gives every message once and in order, and leaves no consumer behind', async () => {
    await using rig = await openRig();
    await fill(rig);
    const reading = await read(rig).reading;
    expect(reading.total).toBe(COUNT);
    expect(reading.beginsAt).toBeUndefined();
    expect(await sequences(reading)).toEqual(upTo(COUNT));
    expect(await consumerNames(rig)).toEqual([]);
  });

  test.each([3, COUNT - 500])('reads again the %d messages that were lost on the way', async (count) => {
    await using rig = await openRig();
    await fill(rig);
    const { reading, said } = read(rig);
    expect(await sequences(await reading, () => lose(rig, count))).toEqual(upTo(COUNT));
    expect(said).toEqual([expect.stringContaining('messages were lost on the way')]);
  });

  test('reads again what is lost in the midst of a batch', async () => {
    await using rig = await openRig();
    await fill(rig);
    let losses = 0;
    // The second message of the first two fetches goes to somebody else.
    const consumers: Pick<Consumers, 'get'> = {
      get: async (stream, name) => {
        const consumer = await rig.client.consumers.get(stream, name);
        const fetch = consumer.fetch.bind(consumer);
        consumer.fetch = async (options) => {
          if (losses === 2) return await fetch(options);
          losses += 1;
          const first = await Array.fromAsync(await fetch({ max_messages: 1 }));
          await lose(rig, 1);
          const rest = await fetch(options);
          const iterate = rest[Symbol.asyncIterator].bind(rest);
          rest[Symbol.asyncIterator] = async function* () {
            yield* first;
            yield* { [Symbol.asyncIterator]: iterate };
          };
          return rest;
        };
        return consumer;
      },
    };
    const { reading } = read({
      ...rig,
      client: Object.create(rig.client, { consumers: { value: consumers } }),
    });
    expect(await sequences(await reading)).toEqual(upTo(COUNT));
    expect(losses).toBe(2);
  });

  test('ends where the stream ended when reading began', async () => {
    await using rig = await openRig();
    await fill(rig);
    const { reading } = read(rig);
    expect(await sequences(await reading, () => fill(rig, 500))).toEqual(upTo(COUNT));
  });

  test('keeps to its subject and its time', async () => {
    await using rig = await openRig();
    await fill(rig, 10);
    await Bun.sleep(20);
    await fill(rig, 10, 'popple.request.y.200');
    await fill(rig, 10);
    await Bun.sleep(20);
    await fill(rig, 10);
    const stored = await Promise.all(
      [11, 31].map((seq) => rig.manager.streams.getMessage(STREAMS.requests, { seq })),
    );
    const [since, until] = stored.map(({ time }) => time.getTime());
    const range = { sinceMs: since, untilMs: until };
    const whole = await read(rig, range).reading;
    expect(whole.total).toBe(20);
    expect(await sequences(whole)).toEqual(upTo(30, 11));
    const filtered = await read(rig, { ...range, filterSubject: 'popple.request.*.100' }).reading;
    expect(filtered.total).toBe(10);
    expect(await sequences(filtered)).toEqual(upTo(30, 21));
    const none = await read(rig, { sinceMs: Date.now() + 1_000 }).reading;
    expect(none.total).toBe(0);
    expect(await sequences(none)).toEqual([]);
  });

  test('can leave the payloads behind', async () => {
    await using rig = await openRig();
    await fill(rig, 1);
    const reading = await read(rig, { headersOnly: true }).reading;
    for await (const [message] of reading.batches()) {
      expect(message?.data.length).toBe(0);
      expect(Math.abs(Date.now() - storedAtMs(message as JsMsg))).toBeLessThan(60_000);
    }
  });

  test('stops at the signal', async () => {
    await using rig = await openRig();
    await fill(rig);
    const stop = new AbortController();
    const { reading } = read(rig, {}, stop.signal);
    expect(await sequences(await reading, async () => stop.abort())).toEqual(upTo(500));
    expect(await consumerNames(rig)).toEqual([]);
  });

  test('goes on without messages that are deleted meanwhile', async () => {
    await using rig = await openRig();
    await fill(rig);
    const { reading } = read(rig);
    const purge = () => rig.manager.streams.purge(STREAMS.requests, { seq: 1_001 });
    expect(await sequences(await reading, purge)).toEqual([...upTo(500), ...upTo(COUNT, 1_001)]);
    const rest = await read(rig).reading;
    expect(rest.beginsAt).toBeInstanceOf(Date);
  });

  test('does not take a stream that was made anew for one that was read to its end', async () => {
    await using rig = await openRig();
    await fill(rig);
    const { reading } = read(rig);
    const anew = async () => {
      await rig.manager.streams.delete(STREAMS.requests);
      await rig.manager.streams.add({
        name: STREAMS.requests,
        subjects: ['popple.request.>'],
        storage: StorageType.Memory,
      });
    };
    await expect(sequences(await reading, anew)).rejects.toThrow(OperatorError);
  });
});
