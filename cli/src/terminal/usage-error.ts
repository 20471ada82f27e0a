/** A command line that cannot be understood. The message says what is wrong with it. */
export class UsageError extends Error {
  override name = 'UsageError';
}
