import { expect, test } from 'bun:test';
import { retryTransient } from './retry-transient';

class Away extends Error {}

/** Fails with each of these in turn, then succeeds. */
function flaky(errors: readonly Error[], maxAttempts?: number) {
  const left = [...errors];
  const told: string[] = [];
  const result = retryTransient(
    async () => {
      const error = left.shift();
      if (error !== undefined) throw error;
      return 'done';
    },
    {
      pace: { baseMs: 4, capMs: 8 },
      signal: new AbortController().signal,
      ...(maxAttempts === undefined ? {} : { maxAttempts }),
      isTransient: (error) => error instanceof Away,
      onRetry: (error, pauseMs) => told.push(`${(error as Error).message} ${pauseMs <= 8}`),
    },
  );
  return { result, told };
}

test('what fails for a passing reason is tried until it succeeds, and each failure is told', async () => {
  const { result, told } = flaky([new Away('one'), new Away('two')]);
  expect(await result).toBe('done');
  expect(told).toEqual(['one true', 'two true']);
});

test('any other reason ends it', async () => {
  const final = new Error('no such user');
  const { result, told } = flaky([new Away('one'), final, new Away('never')]);
  await expect(result).rejects.toBe(final);
  expect(told).toEqual(['one true']);
});

test('the last of so many attempts ends it', async () => {
  const last = new Away('two');
  const { result, told } = flaky([new Away('one'), last], 2);
  await expect(result).rejects.toBe(last);
  expect(told).toEqual(['one true']);
});

test('the signal ends a pause, and nothing is tried after it', async () => {
  const stop = new AbortController();
  let tries = 0;
  const result = retryTransient(
    async () => {
      tries += 1;
      throw new Away();
    },
    {
      pace: { baseMs: 3_600_000, capMs: 3_600_000 },
      signal: stop.signal,
      isTransient: () => true,
      onRetry: () => stop.abort('enough'),
    },
  );
  expect(await result.catch((reason: unknown) => reason)).toBe('enough');
  expect(tries).toBe(1);
});
