import { AsyncLocalStorage } from 'node:async_hooks';

/** A request was not sent because its time was over. Nothing of it has reached the network. */
export class SendTooLateError extends Error {
  override name = 'SendTooLateError';

  constructor() {
    super('the time in which this could be sent without being said twice was over');
  }
}

const sendBeforeMs = new AsyncLocalStorage<number>();

/**
 * Runs `work`, whose requests to Discord are refused with `SendTooLateError` once it is `beforeMs` (milliseconds since the
 * Unix epoch), however long they have waited for a rate limit, for a retry of the library's, or because the process was
 * frozen. What remains is a freeze in the microseconds between the look at the clock and the write to the socket.
 */
export function sendingBefore<Result>(beforeMs: number, work: () => Promise<Result>): Promise<Result> {
  return sendBeforeMs.run(beforeMs, work);
}

/** To be called last before a request is sent. @throws SendTooLateError when its time is over. */
export function mayStillSend(): void {
  const beforeMs = sendBeforeMs.getStore();
  if (beforeMs !== undefined && Date.now() >= beforeMs) throw new SendTooLateError();
}
