import { type ParseArgsConfig, parseArgs } from 'node:util';
import { OperatorError } from '../process/operator-error';

/** What a command understands beside its words. */
export type Options = NonNullable<ParseArgsConfig['options']>;

/** A command line that cannot be understood. The message says what is wrong with it, and where help is. */
export class UsageError extends OperatorError {
  override name = 'UsageError';

  constructor(problem: string, options?: ErrorOptions) {
    super(`${problem}\nTry --help.`, options);
  }
}

/**
 * Reads a command line strictly: every option must be one of `options`, with a value where it takes one.
 * @throws UsageError naming what is not understood.
 */
export function readCommandLine<const O extends Options>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Its second sentence is advice about arguments that begin with a dash; there are none here.
    throw new UsageError(error.message.replace(/\. To specify .*/s, ''), { cause: error });
  }
}

/**
 * Reads a command line that has options alone.
 * @throws UsageError naming what is not understood.
 */
export function readOptions<const O extends Options>(args: readonly string[], options: O) {
  const { values, positionals } = readCommandLine(args, options);
  if (positionals.length > 0) throw new UsageError(`"${positionals[0]}" is not understood`);
  return values;
}

/** The whole number that an option is. @throws UsageError when it is none from `min` to `max`. */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const number = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw new UsageError(`--${option} ${text}: expected a whole number from ${min} to ${max}`);
}
