import { expect, test } from 'bun:test';
import type { KV, NatsConnection } from 'nats';
import { creationTime } from './creation-time';

/** A bucket whose every status is a question that the test answers. */
function openBucket() {
  const questions: PromiseWithResolvers<{ streamInfo: { created: string } }>[] = [];
  const bucket = {
    status: () => {
      const question = Promise.withResolvers<{ streamInfo: { created: string } }>();
      questions.push(question);
      return question.promise;
    },
  } as unknown as KV;
  const connection = { info: { server_id: 'S', client_id: 1 } } as unknown as NatsConnection & {
    info: { client_id: number };
  };
  const answer = (atMs: number) =>
    questions.at(-1)?.resolve({ streamInfo: { created: new Date(atMs).toISOString() } });
  return { questions, connection, answer, ask: creationTime(bucket, connection) };
}

test('everybody who waits has the answer to one question, and who comes later too', async () => {
  const { questions, answer, ask } = openBucket();
  const waiting = [ask(), ask(), ask()];
  answer(1_000);
  expect(await Promise.all(waiting)).toEqual([1_000, 1_000, 1_000]);
  expect(await ask()).toBe(1_000);
  expect(questions).toHaveLength(1);
});

test('another connection is asked anew, also where the answer came over it', async () => {
  const { questions, connection, answer, ask } = openBucket();
  const waiting = ask();
  connection.info.client_id = 2;
  answer(1_000);
  await Bun.sleep(0);
  answer(2_000);
  expect(await waiting).toBe(2_000);
  expect(questions).toHaveLength(2);
});

test('what could not be asked is asked again', async () => {
  const { questions, answer, ask } = openBucket();
  const waiting = [ask(), ask()];
  questions[0]?.reject(new Error('no NATS'));
  const outcomes = await Promise.allSettled(waiting);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = ask();
  answer(3_000);
  expect(await again).toBe(3_000);
});
