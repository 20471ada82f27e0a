/**
 * Something only the person who runs the process can fix. The message is a sentence that says what is wrong and what
 * to do; it is shown without a stack.
 */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
