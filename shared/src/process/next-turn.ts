/**
 * Resolves when the event loop has done all that is available, such as every message that one read of a socket brought:
 * some microseconds when it is idle. A promise that is resolved already would come in between.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
